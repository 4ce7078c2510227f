"""The names of trials: derived, valid wherever they are used, and different from each other."""

import re

import pytest

from parris.sweeps.names import TrialName, parse_trial_name
from parris.tags import owner_tags
from tests.builders import a_job


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        (TrialName("iris-20310501t080000-04f2", 7, 0), "sweep-iris-20310501t080000-04f2-7"),
        (TrialName("iris-20310501t080000-04f2", 7, 2), "sweep-iris-20310501t080000-04f2-7-r2"),
    ],
)
def test_a_run_is_named_after_its_sweep_and_its_number(name: TrialName, expected: str) -> None:
    assert name.execution_name == name.training_job_name == expected


@pytest.mark.parametrize("sweep_id", ["a" * 80, "a.b_c", "größe", "x"])
def test_any_name_of_an_execution_becomes_a_valid_one(sweep_id: str) -> None:
    name = TrialName(sweep_id, 9_999, 10).execution_name
    assert re.fullmatch(r"[A-Za-z0-9-]{1,80}", name)


def test_ids_that_differ_beyond_the_length_have_different_names() -> None:
    names = {TrialName(one, 0, 0).execution_name for one in ("a" * 79, "a" * 80, "a.b", "a_b")}
    assert len(names) == 4


def test_the_name_of_a_reservation_is_read_back() -> None:
    name = TrialName("iris-1", 7, 2)
    assert parse_trial_name(str(name)) == name


@pytest.mark.parametrize("text", ["", "iris", "iris/7", "iris/x/0", "/7/0", "iris/7/0/1", "i/7/²"])
def test_what_names_no_run_is_none(text: str) -> None:
    assert parse_trial_name(text) is None


def test_what_a_trial_launches_has_a_tag_with_its_sweep() -> None:
    assert owner_tags(a_job(sweep_trial="iris-1/7/0"))["parris:sweep"] == "iris-1"
    assert "parris:sweep" not in owner_tags(a_job())
