"""What may be a secret is never repeated: neither by a violation nor by what is made of it."""

from typing import Any

import pytest

from parris.errors import ConfigInvalidError
from parris.validation.schema import find_shape_violations
from parris.validation.values import find_unfit_values
from parris.validation.violations import refuse, shown
from tests.parris.test_violations import DEFAULT, SCHEMA

SECRET = "hunter2"


@pytest.mark.parametrize(
    "changes",
    [
        {"environment": {"DB_PASSWORD": [SECRET]}},
        {"environment": {"DB_PASSWORD": {"value": SECRET}}},
        {"environment": {f"DB_PASSWORD={SECRET}": ""}},
        {"environment": {"DB_PASSWORD": f"{SECRET}\0"}},
        {"environment": {"DB_PASSWORD": f"{SECRET}\ud800"}},
        {"environment": f"DB_PASSWORD={SECRET}"},
        {"environment": [f"DB_PASSWORD={SECRET}"]},
        {"hyperparameters": SECRET},
        {"hyperparameters": {"token": f"{SECRET}\0"}},
        {"hyperparameters": {"token": [{"deep": f"{SECRET}\ud800"}]}},
        {"enviroment": {"DB_PASSWORD": SECRET}},
        {"Environment": {"DB_PASSWORD": SECRET}},
        {"DB_PASSWORD": SECRET},
        {"termination-options": {"DB_PASSWORD": SECRET}},
        {"input-data": [f"https://ada:{SECRET}@example.com/data"]},
        {"input-data": [f"https://b.s3.amazonaws.com/data?X-Amz-Signature={SECRET}"]},
    ],
)
def test_a_rejected_secret_is_not_repeated(changes: dict[str, Any]) -> None:
    config = {**DEFAULT, **changes}
    violations = [*find_shape_violations(config, SCHEMA), *find_unfit_values(config)]
    with pytest.raises(ConfigInvalidError) as caught:
        refuse(violations)
    assert SECRET not in str(caught.value)
    assert SECRET not in repr(violations)


def test_name_and_kind_of_a_rejected_variable_are_told() -> None:
    config = {**DEFAULT, "environment": {"DB_PASSWORD": [SECRET]}}
    (violation,) = find_shape_violations(config, SCHEMA)
    assert (violation.path, violation.found) == ("/environment/DB_PASSWORD", "a list")
    assert "a string" in violation.expected


UNPRINTABLE = ["\ud800", "a\u202eb", "\x1b[2J", "\x9b2J", 10**400, 10**5_000]


@pytest.mark.parametrize("value", UNPRINTABLE, ids=range(len(UNPRINTABLE)))
def test_a_value_is_shown_as_something_that_every_terminal_prints(value: Any) -> None:
    assert shown(value).isprintable()
    assert shown(value).encode()


def test_a_message_of_long_violations_fits_into_the_cause_of_a_failure() -> None:
    config = {f"{number}\u20ac" + "k" * 600: "" for number in range(60)}
    with pytest.raises(ConfigInvalidError) as caught:
        refuse(find_shape_violations(config, SCHEMA))
    assert len(ascii(str(caught.value))) < 25_000
    assert "more" in str(caught.value).splitlines()[-1]
