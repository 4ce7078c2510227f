"""`parris rehearse` of jobs on AWS Batch: limits, ends and faults, on a virtual clock."""

from __future__ import annotations

import re
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from parris_cli.project_files import PROJECT
from parris_cli.rehearsal.options import FaultOption
from tests.end_to_end.rehearsed import AT_ONCE, BY_TIME, HOUR, deployment_for, reason_of, rehearsed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from parris_cli.rehearsal.report import RehearsalReport
    from parris_cli.rehearsal.run_rehearsal import VirtualDeployment

JOB = PROJECT / "config" / "batch" / "job.json"
ON_COMPLETE = ("termination-method=on-complete",)
BY_COST = ("termination-method=around-cost-threshold", "termination-options.cost-limit=0.5")
OWN_COMMAND = (
    "run-image-command=true",
    'command=["train"]',
    "training-script-filename=null",
    "files=null",
    "hyperparameters=null",
    "metrics=null",
)


@pytest.fixture(scope="module")
def deployment() -> Iterator[VirtualDeployment]:
    with deployment_for(JOB) as running:
        yield running


def events_of(report: RehearsalReport) -> list[str]:
    """What Batch has reported, without the digest in the job's name."""
    words = [one.words for one in report.timeline if one.name == "aws.batch"]
    return [re.sub(r"-[0-9a-f]{16}", "", one) for one in words]


def ran_seconds(report: RehearsalReport) -> int:
    found = report.to_json()["runtime_seconds"]
    assert isinstance(found, int)
    return found


def test_a_job_of_20_hours_completes_and_batchs_events_say_so(
    deployment: VirtualDeployment,
) -> None:
    report = rehearsed(
        deployment, JOB, 20 * HOUR, settings=ON_COMPLETE, upload_takes=timedelta(minutes=10)
    )
    assert (reason_of(report), report.exit_code) == ("COMPLETED", 0)
    assert events_of(report) == [
        "job digits is submitted",
        "job digits waits in its queue for a machine",
        "job digits has a machine, which fetches its image",
        "job digits runs, and is counted from now on",
        "job digits has ended with exit code 0",
    ]
    assert 20 * 3600 + 600 <= ran_seconds(report) < 20 * 3600 + 660


def test_a_cost_limit_ends_the_job_with_its_results_saved_and_is_kept(
    deployment: VirtualDeployment,
) -> None:
    report = rehearsed(deployment, JOB, 100 * HOUR, settings=BY_COST)
    assert (reason_of(report), report.exit_code) == ("COST_LIMIT", 0)
    (use,) = report.limits
    assert Decimal("0.4") < use.used <= use.allowed == Decimal("0.5")
    said = lines_in(report.to_text())
    page = (PROJECT / "docs" / "rehearsing.md").read_text()
    *_, shown = re.findall(r"```text\n(.*?)\n```", page, re.DOTALL)
    assert [line for line in lines_in(shown) if line not in said] == []


def lines_in(text: str) -> list[str]:
    """The lines without the digest in the Batch job's name, which no run repeats."""
    return [re.sub(r"digits-[0-9a-f]{16}", "digits", line).strip() for line in text.splitlines()]


def test_the_images_own_command_gets_sigterm_at_the_time_limit(
    deployment: VirtualDeployment,
) -> None:
    report = rehearsed(deployment, JOB, 20 * HOUR, settings=(*BY_TIME, *OWN_COMMAND))
    assert reason_of(report) == "TIME_LIMIT"
    assert {use.overshoot for use in report.limits} <= {0}
    said = [one.words for one in report.timeline]
    assert "simulated: saving on SIGTERM" in said


@pytest.mark.parametrize(
    ("limit", "settings"), [("90s", OWN_COMMAND), ("5m", ())], ids=["own command", "runner"]
)
def test_a_short_limit_is_kept_and_batchs_own_timeout_leaves_the_runner_its_time(
    deployment: VirtualDeployment, limit: str, settings: tuple[str, ...]
) -> None:
    by_time = ("termination-method=at-fixed-time", f"termination-options.time-limit={limit}")
    report = rehearsed(deployment, JOB, HOUR, settings=(*by_time, *settings))
    assert reason_of(report) == "TIME_LIMIT"
    assert {use.overshoot for use in report.limits} == {0}
    # Batch ends the container that has no runner, which then saves; the runner is earlier.
    is_ended_by_batch = any("timeout" in one.lower() for one in events_of(report))
    assert is_ended_by_batch is bool(settings), events_of(report)


@pytest.mark.long
@pytest.mark.parametrize("settings", [(), OWN_COMMAND], ids=["runner", "own command"])
@pytest.mark.parametrize(
    ("takes_hours", "exit_code", "fault", "reason"),
    [
        (20, 0, None, "TIME_LIMIT"),
        (4, 3, None, "SCRIPT_FAILED"),
        (4, 0, FaultOption("throttled", HOUR / 60), "COMPLETED"),
        (4, 0, FaultOption("unavailable", 2 * HOUR), "COMPLETED"),
        (4, 0, FaultOption("lost-event", HOUR), "COMPLETED"),
        (4, 0, FaultOption("instance-killed", HOUR), "INSTANCE_LOST"),
        (4, 0, FaultOption("no-capacity", AT_ONCE), "NO_CAPACITY"),
    ],
)
def test_a_job_ends_for_its_reason_within_its_limit_and_leaves_nothing(
    deployment: VirtualDeployment,
    takes_hours: int,
    exit_code: int,
    fault: FaultOption | None,
    reason: str,
    settings: tuple[str, ...],
) -> None:
    faults = () if fault is None else (fault,)
    report = rehearsed(
        deployment,
        JOB,
        takes_hours * HOUR,
        *faults,
        settings=(*BY_TIME, *settings),
        exit_code=exit_code,
    )
    assert reason_of(report) == reason
    assert {use.overshoot for use in report.limits} <= {0}


@pytest.mark.long
@pytest.mark.parametrize(
    ("fault", "settings", "reason"),
    [
        (FaultOption("instance-killed", HOUR), ("max-attempts=2",), "COMPLETED"),
        (FaultOption("machine-silent", HOUR), (), "INSTANCE_LOST"),
        (FaultOption("no-s3-rights", AT_ONCE), (), "LAUNCH_FAILED"),
    ],
)
def test_a_fault_of_a_job_with_a_runner_has_its_reason(
    deployment: VirtualDeployment, fault: FaultOption, settings: tuple[str, ...], reason: str
) -> None:
    report = rehearsed(deployment, JOB, 4 * HOUR, fault, settings=(*BY_TIME, *settings))
    assert reason_of(report) == reason
    assert {use.overshoot for use in report.limits} <= {0}
