"""`parris rehearse` of jobs on SageMaker: interruptions, limits and faults, on a virtual clock."""

from __future__ import annotations

import re
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from parris_cli.project_files import PROJECT
from parris_cli.rehearsal.options import FaultOption
from tests.end_to_end.rehearsed import HOUR, deployment_for, reason_of, rehearsed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from parris_cli.rehearsal.report import RehearsalReport
    from parris_cli.rehearsal.run_rehearsal import VirtualDeployment

JOB = PROJECT / "config" / "sagemaker" / "job.yaml"
BY_COST = "termination-method=around-cost-threshold"
SPOT = "purchase-option=spot"


@pytest.fixture(scope="module")
def deployment() -> Iterator[VirtualDeployment]:
    with deployment_for(JOB) as running:
        yield running


def events_of(report: RehearsalReport, end: str) -> int:
    words = [one.words for one in report.timeline if one.name == "aws.sagemaker"]
    return sum(one.endswith(end) for one in words)


def test_a_spot_job_of_20_hours_completes_after_two_interruptions_within_its_cost_limit(
    deployment: VirtualDeployment,
) -> None:
    faults = [FaultOption("spot-interruption", hours * HOUR) for hours in (5, 13)]
    settings = (SPOT, BY_COST, "termination-options.cost-limit=3")

    report = rehearsed(deployment, JOB, 20 * HOUR, *faults, settings=settings)

    assert (reason_of(report), report.exit_code) == ("COMPLETED", 0)
    assert events_of(report, "has lost its spot instances; SageMaker looks for others") == 2
    assert events_of(report, " trains") == 3
    (use,) = report.limits
    assert 0 < use.used <= use.allowed == 3
    ran = report.to_json()["runtime_seconds"]
    # Each interruption costs less than a checkpoint's interval of training.
    assert isinstance(ran, int) and 20 * 3600 < ran < 20.5 * 3600
    said = lines_in(report.to_text())
    page = (PROJECT / "docs" / "rehearsing.md").read_text()
    _, shown, *_ = re.findall(r"```text\n(.*?)\n```", page, re.DOTALL)
    assert [line for line in lines_in(shown) if line not in said] == []


def lines_in(text: str) -> list[str]:
    """The lines without the digest in the training job's name, which no run repeats."""
    return [re.sub(r"digits-[0-9a-f]{16}", "digits", line).strip() for line in text.splitlines()]


@pytest.mark.long
def test_an_interrupted_spot_job_ends_before_its_cost_passes_a_limit_that_is_too_low(
    deployment: VirtualDeployment,
) -> None:
    faults = [FaultOption("spot-interruption", hours * HOUR) for hours in (2, 5)]
    settings = (SPOT, BY_COST, "termination-options.cost-limit=0.5")
    report = rehearsed(deployment, JOB, 20 * HOUR, *faults, settings=settings)
    assert (reason_of(report), report.exit_code) == ("COST_LIMIT", 0)
    (use,) = report.limits
    assert Decimal("0") < use.used <= use.allowed == Decimal("0.5")


TIME = ("termination-method=at-fixed-time", "termination-options.time-limit=10h")
AT_ONCE = timedelta(0)


@pytest.mark.long
@pytest.mark.parametrize(
    ("takes_hours", "fault", "settings", "reason"),
    [
        (20, None, (), "TIME_LIMIT"),
        (20, None, (SPOT, "max-attempts=2"), "TIME_LIMIT"),
        (4, FaultOption("throttled", HOUR / 60), (), "COMPLETED"),
        (4, FaultOption("unavailable", 2 * HOUR), (), "COMPLETED"),
        (4, FaultOption("lost-event", HOUR), (), "COMPLETED"),
        (4, FaultOption("instance-killed", HOUR), (), "INSTANCE_LOST"),
        (4, FaultOption("instance-killed", HOUR), ("max-attempts=2",), "COMPLETED"),
        (4, FaultOption("no-capacity", AT_ONCE), (), "NO_CAPACITY"),
        (4, FaultOption("no-capacity", AT_ONCE), (SPOT,), "NO_CAPACITY"),
        (
            4,
            FaultOption("no-capacity", AT_ONCE),
            (SPOT, "termination-method=on-complete"),
            "NO_CAPACITY",
        ),
        (4, FaultOption("machine-silent", HOUR), (), "TIME_LIMIT"),
        (4, FaultOption("no-s3-rights", HOUR), (), "SCRIPT_FAILED"),
    ],
)
def test_a_job_with_a_fault_ends_for_its_reason_within_its_limit_and_leaves_nothing(
    deployment: VirtualDeployment,
    takes_hours: int,
    fault: FaultOption | None,
    settings: tuple[str, ...],
    reason: str,
) -> None:
    faults = () if fault is None else (fault,)
    report = rehearsed(deployment, JOB, takes_hours * HOUR, *faults, settings=(*TIME, *settings))
    assert reason_of(report) == reason
    assert {use.overshoot for use in report.limits} <= {0}
