"""When a machine counts as one that never started, and when as one that is lost."""

from datetime import timedelta
from typing import Any

import pytest

from parris.liveness import (
    STALE_AFTER,
    LivenessTimeouts,
    SignsOfLife,
    silent_since,
)
from parris.policy import Decision, MachineState, Observation, decide
from parris.reasons import EndReason
from parris.targets.ec2_stack.default_images import default_boot_timeout_seconds
from parris.termination.exit_report import EndedBy
from tests.builders import LAUNCHED_AT, a_report, a_sighting, after, some_limits

NO_LIMITS = some_limits(time_limit_seconds=None)
TIMEOUTS = LivenessTimeouts(boot_seconds=900, silence_seconds=7200)
NEVER_STARTED = SignsOfLife(has_started=False)
CHECK = "EC2's instance status check of the machine fails"
LAST_SAID = 10_000


def decided(seconds: float, signs: SignsOfLife, **changes: Any) -> Decision:
    limits = changes.pop("limits", NO_LIMITS)
    seen: Observation = a_sighting(signs=signs, **changes)
    return decide(limits, seen, after(seconds), timeouts=TIMEOUTS)


def silent(seconds: float, failed_check: str | None = None) -> Decision:
    """Decide so long after the last heartbeat."""
    return decided(LAST_SAID + seconds, SignsOfLife(True, after(LAST_SAID), failed_check))


@pytest.mark.parametrize(
    ("seconds", "reason"),
    [(899.999, None), (900, EndReason.LAUNCH_FAILED), (9e5, EndReason.LAUNCH_FAILED)],
)
@pytest.mark.parametrize("machine", [MachineState.STARTING, MachineState.RUNNING])
def test_a_machine_whose_runner_does_not_start_in_time_is_a_failed_launch(
    machine: MachineState, seconds: float, reason: EndReason | None
) -> None:
    assert decided(seconds, NEVER_STARTED, machine=machine).reason is reason


@pytest.mark.parametrize("seconds", [899, 900, 9e5])
def test_a_runner_that_has_started_is_past_the_boot_timeout(seconds: float) -> None:
    assert decided(seconds, SignsOfLife(has_started=True)).reason is None


def test_the_cause_names_the_boot_timeout() -> None:
    assert decided(900, NEVER_STARTED).cause == (
        "the runner did not start within the boot timeout of 15 min"
    )


def test_the_run_sleeps_until_the_boot_timeout() -> None:
    assert decided(95.5, NEVER_STARTED).next_check_seconds == 805


def test_a_machine_that_never_starts_costs_two_checks_and_no_polling() -> None:
    first = decided(95, NEVER_STARTED)
    assert first.reason is None
    assert decided(95 + first.next_check_seconds, NEVER_STARTED).reason is EndReason.LAUNCH_FAILED


def test_a_limit_that_comes_first_is_the_reason() -> None:
    short = some_limits(time_limit_seconds=600)
    assert decided(420, NEVER_STARTED, limits=short).reason is EndReason.TIME_LIMIT


@pytest.mark.parametrize("did_shut_itself_down", [True, False, None])
def test_a_machine_that_is_gone_before_its_runner_started_is_a_failed_launch(
    did_shut_itself_down: bool | None,
) -> None:
    over = {"machine": MachineState.OVER, "did_shut_itself_down": did_shut_itself_down}
    assert decided(120, NEVER_STARTED, **over).reason is EndReason.LAUNCH_FAILED
    assert decided(120, SignsOfLife(), **over).reason is EndReason.INSTANCE_LOST


def test_a_spot_instance_that_was_taken_back_before_its_runner_started_is_lost() -> None:
    over = {"machine": MachineState.OVER, "was_interrupted": True}
    assert decided(120, NEVER_STARTED, **over).reason is EndReason.INSTANCE_LOST


def test_a_machine_that_is_going_off_is_waited_for() -> None:
    decision = decided(9e5, NEVER_STARTED, machine=MachineState.ENDING)
    assert decision.reason is None
    assert decision.next_check_seconds <= 5


@pytest.mark.parametrize("ended_by", [EndedBy.SCRIPT, EndedBy.BOOTSTRAP])
def test_the_runners_own_report_comes_first(ended_by: EndedBy) -> None:
    decision = decided(9e5, NEVER_STARTED, exit=a_report(ended_by=ended_by))
    assert "boot timeout" not in decision.cause


@pytest.mark.parametrize(
    ("seconds", "is_stale"), [(-60, False), (0, False), (900, False), (900.001, True)]
)
def test_a_heartbeat_is_stale_after_fifteen_minutes(seconds: float, is_stale: bool) -> None:
    now = LAUNCHED_AT + timedelta(seconds=seconds)
    assert (silent_since(SignsOfLife(True, LAUNCHED_AT), now) is not None) is is_stale
    assert timedelta(minutes=15) == STALE_AFTER


@pytest.mark.parametrize("check", [None, CHECK])
def test_a_heartbeat_that_is_late_ends_nothing(check: str | None) -> None:
    assert silent(900, check).reason is None


def test_a_stale_heartbeat_alone_ends_nothing() -> None:
    decision = silent(901)
    assert decision.reason is None
    assert decision.next_check_seconds == 7200 - 901


def test_a_stale_heartbeat_and_a_failed_check_end_the_job() -> None:
    decision = silent(901, CHECK)
    assert decision.reason is EndReason.INSTANCE_LOST
    assert (
        decision.cause
        == f"{CHECK}, and no heartbeat from the runner since 2026-11-20T14:46:40.000Z"
    )


@pytest.mark.parametrize(("seconds", "reason"), [(7199.9, None), (7200, EndReason.INSTANCE_LOST)])
def test_a_machine_that_stays_silent_is_lost_after_the_silence_timeout(
    seconds: float, reason: EndReason | None
) -> None:
    decision = silent(seconds)
    assert decision.reason is reason
    assert ("longer than the silence timeout of 2 h" in decision.cause) is (reason is not None)


def test_a_runner_that_writes_no_heartbeats_is_never_silent() -> None:
    decision = decided(30 * 24 * 3600, SignsOfLife(has_started=True, heartbeat_at=None))
    assert decision.reason is None


def test_a_silent_machine_that_reaches_its_limit_has_reached_it() -> None:
    signs = SignsOfLife(True, after(100))
    assert decided(3420, signs, limits=some_limits()).reason is EndReason.TIME_LIMIT


@pytest.mark.parametrize(
    ("instance_type", "seconds"),
    [
        ("t3.micro", 900),
        ("metal9.large", 900),
        ("c5.metal", 2400),
        ("c7i.metal-24xl", 2400),
        ("u-6tb1.metal", 2400),
    ],
)
def test_bare_metal_takes_longer_to_boot(instance_type: str, seconds: int) -> None:
    assert default_boot_timeout_seconds(instance_type) == seconds
