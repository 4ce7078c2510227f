"""Jobs of a second target end in every way: by themselves, by limits, by people, by the reaper."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.end_to_end.clone_copy import CloneCopy
from tests.targets.toy_target.machines import Training
from tests.targets.toy_target.toy_run import MINUTE, ON_EC2, Case, Toy, deployed_toy

pytestmark = pytest.mark.long
SHORT = Training(takes=5 * MINUTE)
TIME_LIMIT: dict[str, Any] = {
    "termination_method": "at-fixed-time",
    "termination_options": {"time-limit": 0.1},
}
COST_LIMIT: dict[str, Any] = {
    "termination_method": "around-cost-threshold",
    "termination_options": {"cost-limit": 0.01},
}
CASES = {
    "completed": Case(SHORT, "COMPLETED", status="SUCCEEDED"),
    "second-choice": Case(
        SHORT, "COMPLETED", {"tier": ["Sold-Out", "Advanced"]}, None, "SUCCEEDED"
    ),
    "script-failed": Case(Training(takes=5 * MINUTE, exit_status=3), "SCRIPT_FAILED"),
    # These two are ended by their runner, as a machine that saves is.
    "time-limit": Case(
        Training(takes=4 * MINUTE, ended_by="time-limit"),
        "TIME_LIMIT",
        TIME_LIMIT,
        None,
        "SUCCEEDED",
    ),
    "cost-limit": Case(
        Training(takes=6 * MINUTE, ended_by="cost-limit"),
        "COST_LIMIT",
        COST_LIMIT,
        None,
        "SUCCEEDED",
    ),
    # And these by the workflow: of one it is known that nothing is lost, of the other it is not.
    "silent-cost-limit": Case(Training(starts=False), "COST_LIMIT", COST_LIMIT, None, "SUCCEEDED"),
    "unsaved": Case(Training(), "TIME_LIMIT", TIME_LIMIT, "off", "SUCCEEDED"),
    "stopped": Case(Training(starts=False), "ABORTED", is_stop_requested=True),
    "broken": Case(SHORT, "LAUNCH_FAILED", {"tier": "Broken"}),
    "sold-out": Case(SHORT, "NO_CAPACITY", {"tier": "Sold-Out"}),
    "lost": Case(Training(vanishes=5 * MINUTE), "INSTANCE_LOST"),
    "kept": Case(SHORT, "COMPLETED", {"on_termination": "keep"}, "off", "SUCCEEDED"),
    "released": Case(SHORT, "COMPLETED", {"on_termination": "release"}, "off", "SUCCEEDED"),
}
ABANDONED = {"abandoned": Case(Training(starts=False), "ABORTED", is_abandoned=True)}


@pytest.fixture(scope="module")
def toy(clone: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Toy]:
    with deployed_toy(clone, tmp_path_factory.mktemp("deployment")) as running:
        running.run({**CASES, **ABANDONED})
        yield running


@pytest.mark.parametrize("name", CASES)
def test_a_job_of_the_second_target_ends_as_any_other(name: str, toy: Toy) -> None:
    case = CASES[name]
    status, reason, cause = toy.end_of(name)
    assert (status, reason) == (case.status, case.reason), cause
    assert toy.outcome_of(name)["reason"] == case.reason
    assert toy.value_of(name) == case.left


def test_the_first_target_is_as_it_was(toy: Toy) -> None:
    assert toy.end_of(ON_EC2) == ("SUCCEEDED", "COMPLETED", "")
    assert toy.deployed.left_of(toy.jobs[ON_EC2]) == []


def test_the_reaper_ends_what_nobody_ends_and_what_has_expired(toy: Toy) -> None:
    assert toy.end_of("abandoned")[0] == "ABORTED"
    assert toy.value_of("abandoned") == "running"
    toy.pass_time(timedelta(hours=13))
    assert toy.value_of("abandoned") is None
    assert toy.outcome_of("abandoned")["reason"] == "ABORTED"
    assert toy.value_of("unsaved") == "off"
    toy.pass_time(timedelta(days=8))
    assert toy.value_of("unsaved") is None
    assert toy.outcome_of("unsaved")["kept"] == []
    assert (toy.value_of("kept"), toy.value_of("released")) == ("off", "off")


def test_the_clone_with_the_target_passes_its_own_tests(copy: CloneCopy) -> None:
    ran = copy.run(
        "python -m pytest -q --no-header -p no:cacheprovider"
        " tests/architecture tests/docs tests/targets/conformance",
        {},
        timeout_seconds=600,
    )
    assert ran.returncode == 0, ran.stdout[-4000:]
