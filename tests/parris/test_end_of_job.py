"""The notifications of an end: each message in full, in tests/parris/messages."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parris.durations import duration
from parris.job import Job
from parris.notifications.end_of_job import REASON_TEXTS, end_message
from parris.notifications.kinds import ALWAYS_NOTIFIED, EVERY_KIND, MessageKind
from parris.notifications.message import MOST_BODY_BYTES, Message
from parris.past_attempt import PastAttempt
from parris.reasons import EndReason
from parris.retention.retained import named_ids
from parris.targets.ec2_stack.describe import describe
from parris.targets.ec2_stack.spec import SPOT
from parris.termination.outcome import outcome_of
from parris.timestamps import format_timestamp
from tests.architecture.definition import CLONE
from tests.builders import a_job, a_whole_rate, after

STACK = "arn:aws:cloudformation:us-east-1:123456789012:stack/parris-iris/5b6c7d80"
EVERYTHING = (STACK, "i-0a1b", "vol-0c2d")
GOLDEN = Path(__file__).parent / "messages"
AWS_SUBJECT_CHARACTERS, AWS_BODY_BYTES = 100, 262_144


def at(seconds: float) -> str:
    return format_timestamp(after(seconds))


def a_state(reason: str = "COMPLETED", step: str = "deleting", **confirmed: Any) -> dict[str, Any]:
    return {
        "run": {"launched_at": at(0)},
        "launch": {"launch_id": STACK},
        "decision": {"cause": "the script exited with status 0"},
        "end": {"reason": reason, "decided_at": at(610)},
        "cleanup": {"step": step},
        "confirmed": {
            "state": "ended",
            "left": [],
            "confirmed_at": at(900),
            "machine_ended_at": at(640),
            **confirmed,
        },
    }


def told_of(job: Job, state: dict[str, Any]) -> Message | None:
    guide = describe(job, named_ids(state))
    return end_message(job, state, outcome_of(job, state, guide=guide), guide)


def message_of(state: dict[str, Any], job: Job | None = None) -> Message:
    job = job or a_job(rate=a_whole_rate())
    message = told_of(job, state)
    assert message is not None
    return message


def of_a_dead_run(state: dict[str, Any]) -> dict[str, Any]:
    state["end"] |= {"reason": "ABORTED", "execution_stopped_at": at(600)}
    state["decision"] = {"cause": "the execution was stopped from outside the workflow"}
    return state


def of_no_machine() -> dict[str, Any]:
    state = a_state("NO_CAPACITY", machine_ended_at=None)
    error = {"Error": "CapacityUnavailableError", "Cause": "no g5.xlarge in us-east-1a"}
    return {**state, "run": {}, "decision": {}, "error": error}


def of_two_attempts(**of_first: Any) -> Job:
    past = PastAttempt(
        number=1,
        title="g5.xlarge",
        reason="INSTANCE_LOST",
        cause="spot interruption",
        ended_at=at(-3000),
        started_at=at(-10_200),
        runtime_seconds=7200,
        cost_usd="2.0415",
        machine_id="i-1",
        machine_prefix="machines/AROA:i-1",
        **of_first,
    )
    job = a_job(rate=a_whole_rate(), max_attempts=3, past_attempts=(past,))
    return job.on_machine("machines/AROA:i-2")


UNVERIFIED = {"left": list(EVERYTHING), "kept": ["i-0a1b", "vol-0c2d"], "keep_until": at(604_800)}
SPOT_JOB = a_job(rate=a_whole_rate(), purchase_option=SPOT)
KEPT_FIRST = of_two_attempts(
    kept=("vol-0c2d",), keep_until=at(604_800), kept_usd_per_month="2.4000"
)
CASES = {
    "completed": message_of(a_state()),
    "no-machine": message_of(of_no_machine()),
    "second-attempt": message_of(a_state(), of_two_attempts()),
    "ended-from-outside": message_of(of_a_dead_run(a_state())),
    "kept-of-first-attempt": message_of({**a_state(), "job": KEPT_FIRST.to_payload()}, KEPT_FIRST),
    "kept-unverified": message_of(a_state("TIME_LIMIT", "kept", **UNVERIFIED)),
    "kept-as-requested": message_of(
        a_state(step="stopping", left=list(EVERYTHING)),
        a_job(rate=a_whole_rate(), on_termination="stop-instance"),
    ),
    "kept-volume-of-spot": message_of(
        a_state("INSTANCE_LOST", "part-kept", left=["vol-0c2d"]), SPOT_JOB
    ),
    "kept-is-deleted": message_of({**a_state(), "keep_expired": True}),
    "cleanup-failed": message_of(a_state(state="failed", left=list(EVERYTHING))),
    "cleanup-failed-again": message_of(
        of_a_dead_run(a_state(state="failed", left=list(EVERYTHING)))
    ),
    "cleanup-unseen": message_of(a_state(state="failed", left=["unknown: ConfirmEnded could not"])),
}
KINDS = {name: name.partition("-")[0] for name in CASES} | {
    "completed": "ended",
    "no-machine": "ended",
    "second-attempt": "ended",
    "cleanup-failed": "cleanup-failed",
    "cleanup-failed-again": "cleanup-failed",
    "cleanup-unseen": "cleanup-failed",
}


@pytest.mark.parametrize("case", CASES)
def test_the_message_is_word_for_word_what_was_read_and_approved(case: str) -> None:
    message = CASES[case]
    approved = (GOLDEN / f"{case}.txt").read_text()
    assert f"{message.kind}\n{message.subject}\n\n{message.body}" == approved


def test_every_approved_message_of_an_end_is_made_by_a_case() -> None:
    found = {path.stem for path in GOLDEN.glob("*.txt") if not path.stem.startswith("near-")}
    assert found - {"silent"} == set(CASES)


@pytest.mark.parametrize("case", CASES)
def test_the_kind_is_the_gravest_that_applies(case: str) -> None:
    assert CASES[case].kind == KINDS[case]


@pytest.mark.parametrize("reason", list(EndReason))
def test_every_reason_has_a_description(reason: EndReason) -> None:
    assert REASON_TEXTS[reason]


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("notify", [(), ("near-limit",), ("ended",), EVERY_KIND])
def test_money_and_data_are_always_notified_and_an_end_on_request(
    case: str, notify: tuple[str, ...]
) -> None:
    states = {
        "ended": a_state(),
        "kept": a_state(step="stopping", left=list(EVERYTHING)),
        "cleanup-failed": a_state(state="failed", left=list(EVERYTHING)),
    }
    state, job = states[KINDS[case]], a_job(notify=notify)
    should_notify = told_of(job, state) is not None
    assert should_notify is (KINDS[case] in {*notify, *ALWAYS_NOTIFIED})


def test_a_stopped_instance_that_never_was_is_not_kept() -> None:
    assert message_of(a_state(step="stopping")).kind is MessageKind.ENDED


@pytest.mark.parametrize("case", [name for name in CASES if KINDS[name] == "kept"])
def test_what_is_kept_is_named_with_its_cost_and_how_to_delete_it(case: str) -> None:
    if case != "kept-is-deleted":
        body = CASES[case].body
        assert "2.4000 USD per month" in body
        assert "vol-0c2d" in body
        assert "To delete them permanently:\n  aws " in body


@given(
    name=st.from_regex(r"\A[A-Za-z0-9-]{1,100}\Z"),
    cause=st.text(max_size=300).map(lambda text: text * 200),
    count=st.integers(0, 3000),
)
def test_sns_takes_every_message_whatever_the_job_and_its_end_have_to_say(
    name: str, cause: str, count: int
) -> None:
    state = a_state(state="failed", left=[f"i-{number:017x}" for number in range(count)])
    state["decision"]["cause"] = cause
    message = message_of(state, a_job(training_job_name=name))
    assert message.subject.isascii()
    assert message.subject.isprintable()
    assert 0 < len(message.subject) <= AWS_SUBJECT_CHARACTERS
    assert 0 < len(message.body.encode()) <= MOST_BODY_BYTES < AWS_BODY_BYTES
    assert message.job == name


def test_a_job_whose_name_is_unknown_is_reported_by_its_run() -> None:
    message = message_of(of_a_dead_run(a_state()), a_job(training_job_name=""))
    assert message.job == "run-1"
    assert "run-1" in message.subject


def test_the_longest_message_and_the_longest_outcome_travel_in_one_state() -> None:
    job = a_job()
    state = a_state(state="failed", left=[f"i-{number:017x}" for number in range(1000)])
    state["decision"]["cause"] = "x" * 10_000
    outcome = outcome_of(job, state)
    message = message_of(state, job).to_payload()
    assert len(json.dumps({"outcome": outcome, "message": message})) < AWS_BODY_BYTES


def test_a_time_has_its_two_largest_units() -> None:
    assert [duration(seconds) for seconds in (0, 61, 3600, 90_061)] == [
        "0 s",
        "1 min 1 s",
        "1 h",
        "1 d 1 h",
    ]


def test_the_page_on_messages_has_a_row_for_every_kind() -> None:
    page = (CLONE / "docs" / "notifications.md").read_text()
    assert [kind for kind in MessageKind if f"| `{kind}` |" not in page] == []
