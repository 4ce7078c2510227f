"""Machines that never start or fall silent, rehearsed: why and when their jobs end."""

from collections.abc import Iterator
from datetime import timedelta
from io import StringIO

import pytest

from parris_cli.rehearsal.options import FaultOption
from parris_cli.rehearsal.run_rehearsal import VirtualDeployment, virtual_deployment
from parris_cli.terminal.screen import Screen
from tests.end_to_end.test_rehearse import HOUR, rehearsed, runtime, text_of

AT_ONCE = timedelta(0)


@pytest.fixture(scope="module")
def deployment() -> Iterator[VirtualDeployment]:
    with virtual_deployment(Screen(StringIO()), 20, 20) as running:
        yield running


def test_a_machine_that_never_boots_costs_minutes(deployment: VirtualDeployment) -> None:
    fault = FaultOption("never-boots", AT_ONCE)
    report = rehearsed(deployment, "on-complete", 3 * HOUR, fault)
    assert report.job.end.reason == "LAUNCH_FAILED"
    assert 900 <= runtime(report) < 1000
    text = text_of(report)
    assert "the runner did not start within the boot timeout of 15 min" in text
    assert "simulated: the system hangs before it runs its user data" in text


@pytest.mark.long
def test_a_boot_timeout_of_ones_own(deployment: VirtualDeployment) -> None:
    fault = FaultOption("never-boots", AT_ONCE)
    settings = ("boot-timeout-seconds=120",)
    report = rehearsed(deployment, "on-complete", 3 * HOUR, fault, settings=settings)
    assert report.job.end.reason == "LAUNCH_FAILED"
    assert 120 <= runtime(report) < 200


def test_a_role_without_rights_to_the_bucket_is_a_failed_launch_that_says_so(
    deployment: VirtualDeployment,
) -> None:
    fault = FaultOption("no-s3-rights", AT_ONCE)
    report = rehearsed(deployment, "on-complete", 3 * HOUR, fault)
    assert report.job.end.reason == "LAUNCH_FAILED"
    assert "AccessDenied" in text_of(report)


@pytest.mark.long
def test_a_machine_that_is_impaired_is_lost_at_the_reapers_next_check(
    deployment: VirtualDeployment,
) -> None:
    fault = FaultOption("machine-impaired", 5 * HOUR)
    report = rehearsed(deployment, "on-complete", 30 * HOUR, fault)
    assert report.job.end.reason == "INSTANCE_LOST"
    # The reaper comes within the hour once the heartbeat is stale; a hung system goes off late.
    assert 5 * 3600 < runtime(report) < 6.6 * 3600
    text = text_of(report, "instance", "volume", "stack")
    assert "EC2's instance status check of the machine fails since" in text


def test_a_silent_machine_is_notified_and_lost_after_the_silence_timeout(
    deployment: VirtualDeployment,
) -> None:
    fault = FaultOption("machine-silent", 5 * HOUR)
    # Another name: what the job before could not save is kept.
    settings = ("training-job-name=silent",)
    report = rehearsed(deployment, "on-complete", 30 * HOUR, fault, settings=settings)
    assert report.job.end.reason == "INSTANCE_LOST"
    # Two hours after the last heartbeat, and what EC2 takes to switch a hung system off.
    assert 6.9 * 3600 < runtime(report) < 7.2 * 3600
    text = text_of(report, "instance", "volume", "stack")
    assert text.count("sends a notification that the machine is silent") == 1
    assert "longer than the silence timeout of 2 h" in text


def test_after_a_rehearsal_of_a_silent_machine_the_reaper_is_off_again(
    deployment: VirtualDeployment,
) -> None:
    """Else it would run each hour of the next rehearsal in the same deployment, for nothing."""
    fault, settings = FaultOption("machine-silent", HOUR), ("training-job-name=ends-first",)
    rehearsed(deployment, "on-complete", HOUR / 2, fault, settings=settings)
    rehearsed(deployment, "on-complete", HOUR * 2, fault, settings=settings)
    rules = deployment.aws.client("events").list_rules()["Rules"]
    (reaper,) = [one for one in rules if "ReapOrphans" in one["Name"]]
    assert reaper["State"] == "DISABLED"
