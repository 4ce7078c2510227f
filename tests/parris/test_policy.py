"""When a job ends, and why."""

import itertools
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parris.limits import LONGEST_JOB_SECONDS, Limits
from parris.payloads import Payload
from parris.policy import Decision, MachineState, decide
from parris.reasons import EndReason
from parris.recovery.reaper_rate import longest_sleep_seconds
from parris.termination.exit_report import EndedBy, ExitReport
from tests.builders import LAUNCHED_AT, a_report, a_sighting, after, some_limits

NO_LIMITS = some_limits(time_limit_seconds=None)


def reason_of(decision: Decision) -> EndReason | None:
    return decision.reason


def test_a_running_job_below_its_limits_keeps_running() -> None:
    decision = decide(some_limits(), a_sighting(), after(10))
    assert decision.reason is None
    assert decision.runtime_seconds == 10


@pytest.mark.parametrize(
    ("exit_status", "signal", "reason"),
    [
        (0, None, EndReason.COMPLETED),
        (3, None, EndReason.SCRIPT_FAILED),
        (None, "SIGKILL", EndReason.SCRIPT_FAILED),
    ],
)
def test_the_scripts_own_end_ends_the_job(
    exit_status: int | None, signal: str | None, reason: EndReason
) -> None:
    report = a_report(exit_status=exit_status, signal=signal)
    assert decide(NO_LIMITS, a_sighting(exit=report), after(601)).reason is reason


def test_a_failed_script_is_reported_with_its_status_and_last_lines() -> None:
    report = a_report(exit_status=3, last_log_lines=("epoch 7", "out of memory"))
    cause = decide(NO_LIMITS, a_sighting(exit=report), after(601)).cause
    assert cause == "the script exited with status 3; last log lines:\nepoch 7\nout of memory"


def test_a_script_that_shut_the_machine_down_is_complete() -> None:
    report = a_report(ended_by=EndedBy.SCRIPT_SHUTDOWN)
    assert decide(NO_LIMITS, a_sighting(exit=report), after(601)).reason is EndReason.COMPLETED


def test_a_script_that_was_done_before_its_limit_has_not_reached_it() -> None:
    seen = a_sighting(exit=a_report(ended_at=after(3599)), machine=MachineState.OVER)
    assert decide(some_limits(), seen, after(4000)).reason is EndReason.COMPLETED


@pytest.mark.parametrize("machine", [MachineState.STARTING, MachineState.RUNNING])
def test_a_machine_that_still_saves_is_left_to_it(machine: MachineState) -> None:
    report = a_report(are_results_saved=False, is_final=False)
    seen = a_sighting(exit=report, machine=machine)
    assert decide(some_limits(), seen, after(700)).reason is None


@pytest.mark.parametrize("machine", [MachineState.ENDING, MachineState.OVER])
@pytest.mark.parametrize("is_final", [True, False])
def test_a_machine_that_went_off_while_it_saved_ends_by_what_its_runner_wrote_before(
    machine: MachineState, is_final: bool
) -> None:
    report = a_report(exit_status=28, are_results_saved=False, is_final=is_final)
    decision = decide(NO_LIMITS, a_sighting(exit=report, machine=machine), after(700))
    assert decision.reason is EndReason.SCRIPT_FAILED


@pytest.mark.parametrize(
    ("changes", "seconds"),
    [({}, 3420), ({"is_stop_requested": True}, 700), ({"superseded_by": "another"}, 700)],
)
def test_what_ends_a_machine_that_saves_does_not_change_how_its_script_ended(
    changes: dict[str, object], seconds: int
) -> None:
    report = a_report(are_results_saved=False, is_final=False)
    seen = a_sighting(exit=report, **changes)
    assert decide(some_limits(), seen, after(seconds)).reason is EndReason.COMPLETED


def test_a_machine_that_saves_on_a_shutdown_ends_for_the_reason_of_the_shutdown() -> None:
    report = a_report(ended_by=EndedBy.SIGNAL, are_results_saved=False, is_final=False)
    seen = a_sighting(exit=report, is_stop_requested=True)
    assert decide(NO_LIMITS, seen, after(700)).reason is EndReason.ABORTED


@pytest.mark.parametrize("is_final", [True, False])
def test_a_report_says_whether_it_is_the_last(is_final: bool) -> None:
    body: Payload = {
        "is_final": is_final,
        "exit_status": 0,
        "signal": None,
        "ended_by": "script",
        "ended_at": "2031-05-01T00:00:00.000Z",
        "last_log_lines": [],
        "results": {"complete": True},
    }
    assert ExitReport.from_payload(body).is_final is is_final


def test_requirements_that_could_not_be_installed_are_the_cause() -> None:
    lines = ("ERROR: No matching distribution found for torhc",)
    report = a_report(ended_by=EndedBy.REQUIREMENTS, exit_status=None, last_log_lines=lines)
    decision = decide(NO_LIMITS, a_sighting(exit=report), after(60))
    assert decision.reason is EndReason.LAUNCH_FAILED
    assert decision.cause.startswith("requirements.txt could not be installed, so the script never")
    assert lines[0] in decision.cause


def test_a_runner_that_could_not_start_the_script_is_a_failed_launch() -> None:
    report = a_report(ended_by=EndedBy.BOOTSTRAP, exit_status=None, last_log_lines=("bad hash",))
    decision = decide(NO_LIMITS, a_sighting(exit=report), after(60))
    assert decision.reason is EndReason.LAUNCH_FAILED
    assert "bad hash" in decision.cause


@pytest.mark.parametrize(
    ("seconds", "reason"),
    [(3419.999, None), (3420, EndReason.TIME_LIMIT), (9e5, EndReason.TIME_LIMIT)],
)
def test_the_time_limit_counts_from_launch_and_saving_and_stopping_lie_inside_it(
    seconds: float, reason: EndReason | None
) -> None:
    assert decide(some_limits(), a_sighting(), after(seconds)).reason is reason


def test_a_time_limit_is_given_in_the_units_that_people_use() -> None:
    decision = decide(some_limits(), a_sighting(), after(3420))
    expected = "the time limit of 1 h was reached, less 2 min to save and 1 min to stop"
    assert decision.cause == expected


def test_the_cost_limit_ends_a_job_that_reaches_it_before_the_time_limit() -> None:
    limits = some_limits(cost_limit_seconds=1800, cost_limit_usd="0.0052")
    decision = decide(limits, a_sighting(), after(1800 - 120 - 60))
    assert decision.reason is EndReason.COST_LIMIT
    assert "0.0052 USD was reached, less 2 min to save and 1 min to stop" in decision.cause


def test_the_time_limit_ends_a_job_that_reaches_it_before_the_cost_limit() -> None:
    limits = some_limits(cost_limit_seconds=7200, cost_limit_usd="1")
    assert decide(limits, a_sighting(), after(3600)).reason is EndReason.TIME_LIMIT


def test_no_job_outlives_the_cap_without_any_limit() -> None:
    decision = decide(NO_LIMITS, a_sighting(), after(LONGEST_JOB_SECONDS - 180))
    assert decision.reason is EndReason.TIME_LIMIT
    assert "8700 hours" in decision.cause


@pytest.mark.parametrize(
    ("ended_by", "reason"),
    [(EndedBy.TIME_LIMIT, EndReason.TIME_LIMIT), (EndedBy.COST_LIMIT, EndReason.COST_LIMIT)],
)
def test_a_runner_that_saved_in_time_for_a_limit_names_it(
    ended_by: EndedBy, reason: EndReason
) -> None:
    report = a_report(ended_by=ended_by, exit_status=None, signal="SIGTERM", ended_at=after(3500))
    seen = a_sighting(exit=report, machine=MachineState.OVER)
    assert decide(some_limits(), seen, after(3501)).reason is reason


def test_a_request_to_stop_ends_the_job_as_aborted() -> None:
    assert (
        decide(NO_LIMITS, a_sighting(is_stop_requested=True), after(5)).reason is EndReason.ABORTED
    )


def test_a_replaced_job_ends_as_superseded() -> None:
    seen = a_sighting(is_stop_requested=True, superseded_by="run-2")
    decision = decide(NO_LIMITS, seen, after(5))
    assert decision.reason is EndReason.SUPERSEDED
    assert "run-2" in decision.cause


def test_a_machine_that_ended_without_a_report_is_lost() -> None:
    seen = a_sighting(machine=MachineState.OVER)
    assert decide(NO_LIMITS, seen, after(50)).reason is EndReason.INSTANCE_LOST


def test_a_machine_that_is_shutting_down_may_still_write_its_report() -> None:
    decision = decide(NO_LIMITS, a_sighting(machine=MachineState.ENDING), after(50_000))
    assert decision.reason is None
    assert decision.next_check_seconds <= 5


def looks_while_it_ends(hours: float, limits: Limits = NO_LIMITS) -> int:
    """Return how often a machine is polled that takes so long to end."""
    since, waited_seconds = after(50_000), 0
    for polls in itertools.count(1):
        seen = a_sighting(machine=MachineState.ENDING, shutting_down_since=since)
        decision = decide(limits, seen, after(50_000 + waited_seconds))
        if decision.reason is not None or waited_seconds > hours * 3600:
            return polls
        waited_seconds += decision.next_check_seconds
    raise AssertionError("unreachable")


def test_a_machine_that_takes_hours_to_shut_down_stays_far_under_the_history_limit() -> None:
    # EC2 ends one that is stuck after several hours.
    assert looks_while_it_ends(6) * 13 < 1500
    assert looks_while_it_ends(300 / 3600) <= 10


def test_a_machine_that_shuts_down_is_checked_when_its_limit_passes() -> None:
    limits = some_limits(time_limit_seconds=51_000)
    due = limits.ends_at_seconds()
    seen = a_sighting(machine=MachineState.ENDING, shutting_down_since=after(due - 3000))
    assert decide(limits, seen, after(due - 7)).next_check_seconds == 7


def test_a_machine_that_somebody_stopped_is_lost_even_though_it_saved() -> None:
    report = a_report(ended_by=EndedBy.SIGNAL, exit_status=None, signal="SIGTERM")
    seen = a_sighting(exit=report, machine=MachineState.OVER, did_shut_itself_down=False)
    assert decide(NO_LIMITS, seen, after(700)).reason is EndReason.INSTANCE_LOST


def test_a_machine_that_shut_itself_down_before_any_limit_did_so_for_the_script() -> None:
    report = a_report(ended_by=EndedBy.SIGNAL, exit_status=None, signal="SIGTERM")
    seen = a_sighting(exit=report, machine=MachineState.OVER, did_shut_itself_down=True)
    assert decide(NO_LIMITS, seen, after(700)).reason is EndReason.COMPLETED


def test_a_machine_that_its_own_timer_ended_has_reached_its_limit() -> None:
    seen = a_sighting(machine=MachineState.OVER, did_shut_itself_down=True)
    assert decide(some_limits(), seen, after(5000)).reason is EndReason.TIME_LIMIT


@given(st.floats(0, 3419), st.sampled_from([MachineState.STARTING, MachineState.RUNNING]))
def test_the_next_check_is_never_after_the_limit_nor_at_once(
    ran_seconds: float, machine: MachineState
) -> None:
    decision = decide(some_limits(), a_sighting(machine=machine), after(ran_seconds))
    assert decision.next_check_seconds >= 1
    assert ran_seconds + decision.next_check_seconds < 3421


def test_a_configured_poll_interval_is_kept() -> None:
    limits = some_limits(time_limit_seconds=8_700 * 3600)
    ran_seconds, most_seconds = 70 * 24 * 3600, 80 * 24 * 3600
    alone = decide(limits, a_sighting(), after(ran_seconds))
    assert alone.next_check_seconds > most_seconds
    wanted = decide(limits, a_sighting(), after(ran_seconds), (), most_seconds)
    assert wanted.next_check_seconds == most_seconds


def looks_in(limit_seconds: int, longest_seconds: int = LONGEST_JOB_SECONDS) -> int:
    limits = some_limits(time_limit_seconds=limit_seconds)
    ran_seconds = 0
    for polls in itertools.count(1):
        decision = decide(limits, a_sighting(), after(ran_seconds), (), longest_seconds)
        if decision.reason is not None:
            return polls
        ran_seconds += decision.next_check_seconds
    raise AssertionError("unreachable")


@pytest.mark.parametrize("hours", [Decimal(1) / 6, 1, 24 * 30, 8_700])
def test_a_job_of_any_length_is_checked_at_its_start_and_at_its_limit(
    hours: int | Decimal,
) -> None:
    assert looks_in(int(hours * 3600)) == 2


def test_a_job_that_nothing_watches_is_checked_once_a_day_and_stays_under_the_history_limit() -> (
    None
):
    looks = looks_in(LONGEST_JOB_SECONDS, longest_sleep_seconds("never"))
    assert 362 <= looks <= 364
    events_of_one_look = 13  # Poll 5, Choice 2, a sleep that times out 6
    assert looks * events_of_one_look < 5_000


def test_a_time_before_launch_counts_as_no_runtime() -> None:
    assert decide(some_limits(), a_sighting(), LAUNCHED_AT.replace(hour=11)).runtime_seconds == 0


def test_a_script_that_said_too_much_does_not_burst_the_payload() -> None:
    report = a_report(exit_status=1, last_log_lines=("x" * 300_000, "the end"))
    cause = decide(NO_LIMITS, a_sighting(exit=report), after(601)).cause
    assert len(cause) < 9_000
    assert cause.endswith("the end")


def test_an_interrupted_job_is_lost_and_says_so() -> None:
    report = a_report(ended_by=EndedBy.INTERRUPTION, exit_status=0)
    decision = decide(some_limits(), a_sighting(exit=report), after(700))
    assert decision.reason is EndReason.INSTANCE_LOST
    assert decision.cause.startswith("spot interruption")


def test_an_interruption_that_the_runner_missed_is_reported_nevertheless() -> None:
    report = a_report(ended_by=EndedBy.SIGNAL, exit_status=None, signal="SIGTERM")
    for found in (report, None):
        seen = a_sighting(exit=found, machine=MachineState.OVER, was_interrupted=True)
        decision = decide(some_limits(), seen, after(700))
        assert decision.reason is EndReason.INSTANCE_LOST
        assert "spot interruption" in decision.cause
