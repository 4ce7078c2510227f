import pytest

from parris_cli.errors import RefusedError
from parris_cli.starting.overrides import parse_overrides


def test_values_are_json_where_they_can_be_and_texts_otherwise() -> None:
    settings = ["a=1.5", "b=true", "c=hello", 'd=["x", "y"]', "e=1 h", "f=", "g=NaN"]
    assert parse_overrides(settings) == {
        "a": 1.5,
        "b": True,
        "c": "hello",
        "d": ["x", "y"],
        "e": "1 h",
        "f": "",
        "g": "NaN",
    }


def test_dots_in_a_key_reach_into_objects() -> None:
    settings = ["termination-options.time-limit=0.5", "termination-options.cost-limit=3"]
    assert parse_overrides(settings) == {
        "termination-options": {"time-limit": 0.5, "cost-limit": 3}
    }


def test_a_value_may_hold_equals_signs_and_dots() -> None:
    assert parse_overrides(["environment.FLAGS=--lr=0.1"]) == {"environment": {"FLAGS": "--lr=0.1"}}


def test_the_last_of_two_settings_of_one_key_counts() -> None:
    assert parse_overrides(["a=1", "a=2"]) == {"a": 2}


@pytest.mark.parametrize("setting", ["no-value", "=1", "a..b=1", ".a=1", "a.=1", ""])
def test_a_setting_of_another_form_is_refused_with_the_form_to_use(setting: str) -> None:
    with pytest.raises(RefusedError, match="expected key=value"):
        parse_overrides([setting])


def test_settings_that_contradict_each_other_are_refused() -> None:
    with pytest.raises(RefusedError, match="an earlier --set made a a plain value"):
        parse_overrides(["a=1", "a.b=2"])


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ('{"a": 1, "a": 2}', 'column 10: repeated key "a"'),
        ("[" * 100_000, "nested more than 40 levels deep"),
        ('{"a":' * 100_000, "nested more than 40 levels deep"),
        ('{"a":' * 60 + "1" + "}" * 60, "nested more than 40 levels deep"),
    ],
)
def test_an_object_that_no_config_may_hold_is_refused(value: str, message: str) -> None:
    with pytest.raises(RefusedError, match=message):
        parse_overrides([f"hyperparameters={value}"])
