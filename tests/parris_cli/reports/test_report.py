import dataclasses
import json
from typing import Any

import pytest

from parris.costs.cost import cost_basis, spent_usd
from parris.payloads import Payload
from parris.reasons import EndReason
from parris.termination.outcome import UNVERIFIED
from parris_cli.reports.job_end import End
from parris_cli.reports.report import REASON_WORDS, Report
from parris_cli.reports.reporter import cause_in_embedded_aws
from parris_cli.terminal.style import Style
from tests.builders import a_whole_rate

OUTCOME: Payload = {
    "started_at": "2026-11-20T12:00:00.000Z",
    "ended_at": "2026-11-20T12:01:10.000Z",
    "runtime_seconds": 70,
    "estimated_cost_usd": str(spent_usd(a_whole_rate(), 70)),
    "cost_basis": cost_basis(a_whole_rate(), 70),
    "exit_status": 0,
    "target_details": {"stack_status": "DELETE_COMPLETE"},
}


def an_end(**changes: Any) -> End:
    end = End(
        execution_status="SUCCEEDED",
        reason="COMPLETED",
        cause="the script exited with status 0; last log lines:\nepoch 9",
        outcome=OUTCOME,
        job_prefix="jobs/iris/run-1",
        history_events=61,
    )
    return dataclasses.replace(end, **changes)


def a_report(end: End, **changes: Any) -> Report:
    report = Report("run-1", "arn", end, "results/run-1", 2, [])
    return dataclasses.replace(report, **changes)


@pytest.mark.parametrize(
    ("status", "reason", "code"),
    [
        ("SUCCEEDED", "COMPLETED", 0),
        ("SUCCEEDED", "TIME_LIMIT", 0),
        ("FAILED", "SCRIPT_FAILED", 1),
        ("FAILED", "CLEANUP_FAILED", 1),
        ("FAILED", "CONFIG_REJECTED", 2),
        ("TIMED_OUT", None, 1),
        ("ABORTED", None, 1),
        ("INTERRUPTED", None, 1),
    ],
)
def test_the_exit_code_tells_succeed_fail_and_refused(
    status: str, reason: str | None, code: int
) -> None:
    assert a_report(an_end(execution_status=status, reason=reason)).exit_code == code


def test_a_job_whose_end_was_not_confirmed_does_not_say_that_nothing_is_left() -> None:
    report = a_report(an_end(execution_status="FAILED", reason="CLEANUP_FAILED"))
    unknown = "nothing with the job's tag was found, but the workflow could not confirm its end"
    assert report.to_text(is_embedded=False).endswith(f"  left     not known: {unknown}")
    assert report.to_json()["left_running"] is None
    assert report.to_json()["notes"] == [unknown]


def test_the_json_object_has_everything_that_was_promised() -> None:
    said = json.loads(json.dumps(a_report(an_end()).to_json()))
    assert said["job_id"] == "run-1"
    assert said["execution_status"] == "SUCCEEDED"
    assert said["reason"] == "COMPLETED"
    assert said["runtime_seconds"] == 70
    assert said["estimated_cost_usd"] == "0.0016"
    assert said["kept"] == []
    assert said["keep_until"] is None
    assert said["kept_usd_per_month"] is None
    assert said["target_details"] == {"stack_status": "DELETE_COMPLETE"}
    assert said["history_events"] == 61
    assert said["results"] == "results/run-1"
    assert said["left_running"] == []
    assert {"started_at", "ended_at"} <= set(said)


def test_the_report_has_the_reason_the_cost_and_the_results() -> None:
    said = a_report(an_end()).to_text(is_embedded=False)
    assert said.splitlines() == [
        "COMPLETED  the script exited with status 0",
        "  ran      1 min 10 s",
        "  cost     0.0016 USD, estimated: 1 min 10 s billed at 0.01897 USD per hour",
        "  results  results/run-1 (2 files)",
        "  left     nothing: no resource of this job exists any more",
    ]


def test_how_the_cost_is_made_up_is_for_who_asks() -> None:
    said = a_report(an_end()).to_text(is_embedded=False, is_verbose=True)
    assert "USD per hour (instance 0.0003, volume 0.0013, public IPv4 0.0001)" in said


@pytest.mark.parametrize("reason", sorted(set(EndReason) - {EndReason.COMPLETED}))
def test_every_reason_is_said_in_a_word_and_in_words_before_its_cause(reason: EndReason) -> None:
    end = an_end(execution_status="FAILED", reason=reason, cause="so it was")
    said = a_report(end).to_text(is_embedded=False).splitlines()
    assert said[0] == f"{reason}  {REASON_WORDS[reason]}"
    assert REASON_WORDS[reason]
    assert said[1] == "  why      so it was"


@pytest.mark.parametrize(
    ("changes", "style"),
    [
        ({}, Style.GOOD),
        ({"end": an_end(execution_status="FAILED", reason="SCRIPT_FAILED")}, Style.BAD),
        ({"end": an_end(execution_status="INTERRUPTED"), "goes_on": True}, Style.WARNING),
        ({"end": an_end(execution_status="INTERRUPTED"), "goes_on": None}, Style.WARNING),
    ],
)
def test_the_first_line_is_green_red_or_yellow(changes: dict[str, Any], style: Style) -> None:
    assert a_report(**{"end": an_end(), **changes}).style is style


def test_the_json_object_names_what_is_kept_and_until_when() -> None:
    kept = {"kept": ["vol-1"], "keep_until": "2026-11-27T12:00:00Z"}
    said = a_report(an_end(outcome={**OUTCOME, **kept})).to_json()
    assert kept.items() <= said.items()


def test_the_cost_of_a_kept_volume_is_shown_separately() -> None:
    end = an_end(outcome={**OUTCOME, "kept": ["vol-1"], "kept_usd_per_month": "2.4000"})
    said = a_report(end).to_text(is_embedded=False)
    assert "kept     vol-1, at 2.4000 USD per month until you delete it" in said


def test_what_an_embedded_aws_has_kept_is_gone_with_it() -> None:
    end = an_end(outcome={**OUTCOME, "kept_usd_per_month": "2.4000"})
    (line,) = [
        line for line in a_report(end).to_text(is_embedded=True).splitlines() if "kept" in line
    ]
    assert "deleted with it; on AWS it costs 2.4000 USD per month" in line


def test_a_cause_names_nothing_to_do_about_what_went_with_the_embedded_aws() -> None:
    why = "the script exited with status 0"
    cause = (
        f"{why}; the results{UNVERIFIED}the billed volume is kept (vol-1): attach it to an instance"
    )
    found = cause_in_embedded_aws(cause)
    assert found.startswith(f"{why}; the results could not be verified, so on AWS")
    assert "attach" not in found
    assert cause_in_embedded_aws(why) == why


def test_what_expires_is_shown_with_the_time_at_which_it_is_deleted() -> None:
    kept = {"kept_usd_per_month": "2.4000", "keep_until": "2026-11-27T12:00:00.000Z"}
    said = a_report(an_end(outcome={**OUTCOME, **kept})).to_text(is_embedded=False)
    assert "at 2.4000 USD per month until 2026-11-27 12:00:00 UTC, then deleted" in said
    assert "until you delete it" not in said


@pytest.mark.parametrize("until", ["always", "as long as Ada needs it"])
def test_what_is_kept_without_an_end_is_kept_until_somebody_deletes_it(until: str) -> None:
    kept = {"kept_usd_per_month": "2.4000", "keep_until": until}
    said = a_report(an_end(outcome={**OUTCOME, **kept})).to_text(is_embedded=False)
    assert "until you delete it" in said


def test_a_failure_shows_the_last_lines_of_the_log() -> None:
    end = an_end(
        execution_status="FAILED",
        reason="SCRIPT_FAILED",
        cause="the script exited with status 3; last log lines:\nboom",
    )
    assert "boom" in a_report(end).to_text(is_embedded=False)


def test_what_is_left_is_named() -> None:
    left = [{"kind": "instance", "id": "i-1", "state": "stopped"}]
    report = a_report(an_end(), left_running=left)
    assert "left     instance i-1 (stopped)" in report.to_text(is_embedded=False)
    assert "deleted with the embedded AWS" in report.to_text(is_embedded=True)
    assert report.to_json()["left_running"] == left


def test_a_job_that_never_launched_cost_nothing() -> None:
    end = an_end(execution_status="FAILED", reason="CONFIG_REJECTED", outcome={}, job_prefix=None)
    said = a_report(end, results_folder=None).to_json()
    assert said["estimated_cost_usd"] == "0.0000"
    assert said["runtime_seconds"] == 0
    assert said["results"] is None


def test_a_violation_is_a_line_that_a_terminal_can_wrap() -> None:
    end = an_end(
        execution_status="FAILED",
        reason="CONFIG_REJECTED",
        cause="1 violation in the training config:\n1. /files: found 1, expected a list",
        outcome={},
        job_prefix=None,
    )
    lines = a_report(end, results_folder=None).to_text(is_embedded=False).splitlines()
    assert lines[1:3] == [
        "  why      1 violation in the training config:",
        "           1. /files: found 1, expected a list",
    ]
    failed = a_report(an_end(execution_status="FAILED", reason="SCRIPT_FAILED", cause="x\ny"))
    assert failed.to_text(is_embedded=False).splitlines()[2] == "      | y"


def test_an_unknown_price_is_reported_and_not_shown_as_zero() -> None:
    end = an_end(outcome={**OUTCOME, "estimated_cost_usd": None, "cost_basis": {}})
    assert a_report(end).to_json()["estimated_cost_usd"] is None
    assert "cost     unknown" in a_report(end).to_text(is_embedded=False)
