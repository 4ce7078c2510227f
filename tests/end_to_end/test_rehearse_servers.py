"""`parris rehearse` of jobs on a training server: limits, ends and faults, on a virtual clock."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from parris_cli.project_files import PROJECT
from parris_cli.rehearsal.options import FaultOption
from tests.end_to_end.rehearsed import AT_ONCE, BY_TIME, HOUR, deployment_for, reason_of, rehearsed
from tests.jobs_table import jobs_table_name

if TYPE_CHECKING:
    from collections.abc import Iterator

    from parris_cli.rehearsal.report import RehearsalReport
    from parris_cli.rehearsal.run_rehearsal import VirtualDeployment

JOB = PROJECT / "config" / "ec2-server" / "job.json"


@pytest.fixture(scope="module")
def deployment() -> Iterator[VirtualDeployment]:
    with deployment_for(JOB) as running:
        yield running


def assert_asleep(deployment: VirtualDeployment, state: str = "stopped") -> None:
    """The server is off, and nobody has its lease."""
    (server,) = deployment.aws.client("ec2").describe_instances()["Reservations"][0]["Instances"]
    assert server["State"]["Name"] == state
    table = jobs_table_name(deployment.aws)
    items = deployment.aws.client("dynamodb").scan(TableName=table)["Items"]
    leases = [one for one in items if one["item"]["S"].startswith("server#")]
    assert [one for one in leases if "holder" in one or one["queue"]["L"]] == []


def test_a_job_ends_when_its_script_does_and_the_server_sleeps(
    deployment: VirtualDeployment,
) -> None:
    report = rehearsed(deployment, JOB, 2 * HOUR, settings=("termination-method=on-complete",))
    assert reason_of(report) == "COMPLETED"
    assert "takes the lease of the server" in report.to_text(is_verbose=True)
    # The boot, the training, and a few seconds to report and to go off.
    assert 7240 <= int(str(report.job.end.outcome["runtime_seconds"])) <= 7300
    assert_asleep(deployment)


def ran_hours(report: RehearsalReport) -> float:
    return int(str(report.job.end.outcome["runtime_seconds"])) / 3600


def test_a_time_limit_leaves_time_to_save(deployment: VirtualDeployment) -> None:
    settings = ("termination-method=at-fixed-time", "termination-options.time-limit=1h")
    report = rehearsed(deployment, JOB, 20 * HOUR, settings=settings)
    assert reason_of(report) == "TIME_LIMIT"
    assert 0.8 < ran_hours(report) <= 1
    assert_asleep(deployment)


def test_a_clock_time_is_kept(deployment: VirtualDeployment) -> None:
    over_by = deployment.clock.now() + HOUR
    settings = (
        "termination-method=at-clock-time",
        f"termination-options.clock-time={over_by.isoformat()}",
    )
    report = rehearsed(deployment, JOB, 20 * HOUR, settings=settings)
    assert reason_of(report) == "CLOCK_TIME"
    assert 0.8 < ran_hours(report) <= 1
    assert deployment.clock.now() <= over_by
    assert_asleep(deployment)


def test_a_cost_limit_is_nearly_used_up(deployment: VirtualDeployment) -> None:
    settings = (
        "termination-method=around-cost-threshold",
        "termination-options.cost-limit=0.5",
    )
    report = rehearsed(deployment, JOB, timedelta(days=30), settings=settings)
    assert reason_of(report) == "COST_LIMIT"
    (use,) = report.limits
    assert Decimal("0.45") < use.used <= use.allowed == Decimal("0.5")
    assert_asleep(deployment)


def test_a_metric_ends_the_job_at_its_goal(deployment: VirtualDeployment) -> None:
    goal = '{"metric": "accuracy", "direction": "maximize", "target": 0.9}'
    settings = ("termination-method=on-metric", f"termination-options.metric-goal={goal}")
    values = (0.5, 0.8, 0.95, 0.96)
    report = rehearsed(deployment, JOB, HOUR, settings=settings, metric_values=values)
    assert reason_of(report) == "METRIC_REACHED"
    assert 0.75 <= ran_hours(report) < 0.8
    assert_asleep(deployment)


def test_a_script_that_hangs_ends_its_job(deployment: VirtualDeployment) -> None:
    settings = ('termination-method=["on-complete", "no-progress"]',)
    hangs = FaultOption("script-hangs", HOUR)
    report = rehearsed(deployment, JOB, 2 * HOUR, hangs, settings=settings)
    assert reason_of(report) == "NO_PROGRESS"
    assert 1 <= ran_hours(report) < 1.1
    assert_asleep(deployment)


@pytest.mark.parametrize(
    ("fault", "reason", "cause"),
    [
        (FaultOption("start-failed", AT_ONCE), "LAUNCH_FAILED", "fell back to stopped"),
        (FaultOption("no-capacity", AT_ONCE), "NO_CAPACITY", "could not be started"),
        pytest.param(
            FaultOption("machine-silent", HOUR),
            "INSTANCE_LOST",
            "no heartbeat from the runner",
            marks=pytest.mark.long,
        ),
        (FaultOption("server-stopped", HOUR), "INSTANCE_LOST", "from outside"),
    ],
    ids=lambda one: getattr(one, "kind", None),
)
def test_a_fault_leaves_neither_a_running_server_nor_a_lease(
    deployment: VirtualDeployment, fault: FaultOption, reason: str, cause: str
) -> None:
    report = rehearsed(deployment, JOB, 20 * HOUR, fault, settings=BY_TIME)
    assert reason_of(report) == reason
    assert cause in report.job.end.cause
    assert_asleep(deployment)


def test_a_server_that_is_terminated_ends_the_job(deployment: VirtualDeployment) -> None:
    # The last one: there is no server afterwards.
    assert reason_of(
        rehearsed(
            deployment, JOB, 20 * HOUR, FaultOption("instance-killed", HOUR), settings=BY_TIME
        )
    ) == ("INSTANCE_LOST")
    assert_asleep(deployment, "terminated")
