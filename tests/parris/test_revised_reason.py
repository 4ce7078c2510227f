"""The reason of an end that was decided without a poll, when more is known."""

from typing import Any

import pytest

from parris.reasons import EndReason
from parris.termination.exit_report import EndedBy, ExitReport
from parris.termination.recorded_end import RecordedEnd
from parris.termination.revised_reason import revised_reason
from parris.timestamps import format_timestamp
from tests.builders import a_job, a_report, after

LIMIT_AT = 3600 - 180
RAN_ON = RecordedEnd(launched_at=after(0), machine_ended_at=after(9000))


def an_end(
    reason: str, decided_at: float = 1800, decision: dict[str, Any] | None = None
) -> dict[str, Any]:
    end = {"reason": reason, "decided_at": format_timestamp(after(decided_at))}
    return {"end": end, "decision": decision or {}}


def revised(
    state: dict[str, Any], known: RecordedEnd = RAN_ON, report: ExitReport | None = None
) -> EndReason | None:
    found = revised_reason(a_job(), state, known, report)
    return None if found is None else found[0]


@pytest.mark.parametrize("reason", ["INSTANCE_LOST", "LAUNCH_FAILED"])
@pytest.mark.parametrize(
    ("report", "known_reason"),
    [
        (a_report(), "COMPLETED"),
        (a_report(exit_status=3), "SCRIPT_FAILED"),
        (a_report(ended_by=EndedBy.TIME_LIMIT), "TIME_LIMIT"),
        (a_report(ended_by=EndedBy.BOOTSTRAP, exit_status=None), "LAUNCH_FAILED"),
    ],
)
def test_the_runners_report_counts_if_no_poll_had_decided(
    reason: str, report: ExitReport, known_reason: str
) -> None:
    assert revised(an_end(reason), report=report) == known_reason


def test_a_limit_that_was_decided_blind_gives_way_to_a_script_that_was_done_before() -> None:
    blind = an_end("TIME_LIMIT", LIMIT_AT, {"reason": "TIME_LIMIT", "is_outage": True})
    assert revised(blind, report=a_report()) == "COMPLETED"
    assert revised(blind, report=a_report(ended_by=EndedBy.SIGNAL)) is None
    assert revised(blind) is None


def test_a_limit_that_passed_while_nothing_could_be_seen_is_the_reason() -> None:
    assert revised(an_end("INSTANCE_LOST", LIMIT_AT)) == "TIME_LIMIT"
    assert revised(an_end("INSTANCE_LOST", LIMIT_AT - 1)) is None


@pytest.mark.parametrize("reason", ["TIME_LIMIT", "CLOCK_TIME", "COST_LIMIT"])
def test_a_machine_that_was_gone_before_the_limit_is_lost(reason: str) -> None:
    blind = an_end(reason, LIMIT_AT, {"reason": reason, "is_outage": True})
    gone = RecordedEnd(launched_at=after(0), machine_ended_at=after(LIMIT_AT - 1))
    assert revised(blind, gone) == "INSTANCE_LOST"


@pytest.mark.parametrize("reason", ["INSTANCE_LOST", "LAUNCH_FAILED", "TIME_LIMIT"])
def test_the_decision_of_a_poll_stands(reason: str) -> None:
    decision = {"reason": reason, "is_outage": False}
    assert revised(an_end(reason, decision=decision), report=a_report()) is None


@pytest.mark.parametrize("reason", ["ABORTED", "SUPERSEDED", "NO_CAPACITY"])
def test_what_a_person_wanted_or_ec2_had_not_stands(reason: str) -> None:
    assert revised(an_end(reason), report=a_report()) is None


def test_a_job_that_never_had_a_machine_keeps_its_reason() -> None:
    assert revised(an_end("LAUNCH_FAILED"), RecordedEnd(), a_report()) is None
