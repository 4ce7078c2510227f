"""A lost job is tried again: the end of one attempt, and the launch of the next, on real stacks."""

import dataclasses
import json
from datetime import timedelta
from typing import Any

import pytest

import confirm_ended
import create_stack
import poll_termination_condition
import record_outcome
import stop_or_delete_stack
import wait_for_running
import wake
from embedded_aws import EmbeddedAws
from embedded_aws.context import current
from parris.entrypoint import Deps
from parris.errors import StopRequestedError, SupersededError
from parris.job import Job
from parris.payloads import Payload, part_of, parts_in
from parris.recovery.abandoned_run import EndedExecution, LastState, state_to_end
from parris.termination.ending import EndStep
from parris.timestamps import format_timestamp, parse_timestamp
from tests.builders import BUCKET, a_job, a_whole_rate, an_offer, some_limits
from tests.handlers.conftest import put_json, with_settings
from tests.handlers.test_ending import SCRIPT, alive_instances, mark_of, until
from tests.handlers.test_spot_jobs import volumes
from tests.handlers.virtual_time import let_pass

RESUME_ROLE = "arn:aws:iam::123456789012:role/parris-resume"
FIRST, SECOND = "t3.micro", "t3.small"


def now() -> str:
    return format_timestamp(current().clock.now())


def a_job_of_two_attempts(**changes: Any) -> Job:
    rate = a_whole_rate()
    offers = tuple(an_offer(one, rate) for one in (FIRST, SECOND))
    limits = some_limits(time_limit_seconds=36_000)
    job = a_job(script=SCRIPT, max_attempts=2, offers=offers, limits=limits, rate=rate, **changes)
    submitted_at = format_timestamp(current().clock.now())
    return dataclasses.replace(job, submitted_at=submitted_at).with_offer(0)


def launched(deps: Deps, state: Payload) -> Payload:
    """Launch, as the state machine does: nothing but job and launch is left of the state."""
    return create_stack.run({"state": state, "now": now()}, deps)


def ran(deps: Deps, aws: EmbeddedAws, job: Job) -> Payload:
    """Return the state of a job whose machine runs, has started, and has saved a result."""
    put_json(aws, "train.sh", b"sleep 600\n")
    return _running(deps, aws, launched(deps, {"job": job.to_payload()}))


def _running(deps: Deps, aws: EmbeddedAws, state: Payload) -> Payload:
    def check() -> Payload:
        state["run"] = wait_for_running.run({"state": state, "now": now()}, deps)
        return part_of(state, "run")

    run = until(check, "status", "running")
    put_json(aws, f"{run['machine_prefix']}/started.json", {})
    put_json(aws, f"{run['machine_prefix']}/results/checkpoint", b"7")
    return state


def ended(deps: Deps, state: Payload, reason: str) -> Payload:
    """End as the state machine does, and return the state after ConfirmEnded said so."""
    state["end"] = {"reason": reason, "decided_at": now()}
    state["decision"] = {"cause": "the machine ended without an exit report"}
    return confirmed(deps, state)


def confirmed(deps: Deps, state: Payload) -> Payload:
    """Take the steps of the end until ConfirmEnded says that it is over, and return the state."""
    for _ in range(8):
        state["cleanup"] = stop_or_delete_stack.run({"state": state, "now": now()}, deps)
        state["confirmed"] = until(
            lambda: confirm_ended.run({"state": state, "now": now()}, deps),
            "state",
            "ended",
            "end-again",
        )
        if part_of(state, "confirmed")["state"] == "ended":
            return state
    raise AssertionError(state)


def terminate(aws: EmbeddedAws, state: Payload) -> None:
    aws.client("ec2").terminate_instances(InstanceIds=[part_of(state, "run")["machine_id"]])
    let_pass(5)


def next_attempt(state: Payload) -> Payload:
    """Return the state with which the next attempt begins, as StartNextAttempt makes it."""
    attempt = part_of(part_of(state, "confirmed"), "attempt")
    assert attempt["why_not"] is None
    return {"job": {**part_of(state, "job"), **part_of(attempt, "next")}}


def lost(deps: Deps, aws: EmbeddedAws, job: Job | None = None) -> Payload:
    """Return the state after the first attempt was lost, and all of it ended."""
    state = ran(deps, aws, job or a_job_of_two_attempts())
    let_pass(3600)
    terminate(aws, state)
    return ended(deps, state, "INSTANCE_LOST")


@pytest.fixture
def deps(deps: Deps) -> Deps:
    return with_settings(deps, resume_role_arn=RESUME_ROLE)


def test_a_lost_job_is_launched_again_on_another_machine_with_its_results(
    deps: Deps, aws: EmbeddedAws
) -> None:
    first = lost(deps, aws)
    # Its disk may hold more than it has saved, and is kept beside the next attempt.
    (kept,) = [one["VolumeId"] for one in volumes(aws)]
    assert part_of(first, "confirmed")["kept"] == [kept]
    assert alive_instances(aws) == []

    second = _running(deps, aws, launched(deps, next_attempt(first)))

    job = Job.from_state(second)
    assert (job.attempt_number, job.title) == (2, SECOND)
    assert part_of(second, "launch")["launch_id"] != part_of(first, "launch")["launch_id"]
    described = json.loads(_read(aws, f"{_steering(second)}/job.json"))
    assert described["attempt"] == 2
    before = part_of(first, "run")["machine_prefix"]
    assert described["resume"]["uri"] == f"s3://{BUCKET}/{before}/results/"
    assert sorted(described["resume"]["credentials"]) == [
        "access_key_id",
        "secret_access_key",
        "session_token",
    ]
    assert 36_000 - 3700 < described["limits"]["time_limit_seconds"] < 36_000 - 3600

    put_json(aws, f"{part_of(second, 'run')['machine_prefix']}/exit.json", SAVED)
    let_pass(600)
    second = ended(deps, second, "COMPLETED")
    assert part_of(second, "confirmed")["attempt"] is None
    assert part_of(second, "confirmed")["left"] == []
    (volume,) = volumes(aws)
    assert (volume["VolumeId"], bool(mark_of(volume))) == (kept, True)
    outcome = part_of(record_outcome.run({"state": second}, deps), "outcome")
    assert [one["reason"] for one in parts_in(outcome, "attempts")] == [
        "INSTANCE_LOST",
        "COMPLETED",
    ]
    assert outcome["kept"] == [kept]
    ran_seconds = outcome["runtime_seconds"]
    assert isinstance(ran_seconds, int)
    assert 3600 + 600 < ran_seconds < 3600 + 600 + 200


SAVED: Payload = {
    "exit_status": 0,
    "signal": None,
    "ended_by": "script",
    "ended_at": "2026-11-20T12:10:00Z",
    "last_log_lines": [],
    "results": {"object_count": 1, "total_bytes": 1, "complete": True},
    "is_final": True,
}


def test_the_first_attempts_machine_is_not_taken_for_the_second_ones(
    deps: Deps, aws: EmbeddedAws
) -> None:
    first = lost(deps, aws)
    machine_id = str(part_of(first, "run")["machine_id"])
    notes = {"reported_state": "terminated"}
    deps.aws.jobs_table.wake("iris", a_job().execution_arn, "machine-over", ["condition"], notes)

    second = launched(deps, next_attempt(first))

    # An event that came late finds no job, and what an earlier one noted is gone.
    assert deps.aws.machines_table.find(machine_id) is None
    item = deps.aws.jobs_table.find("iris")
    assert item is not None
    assert (item.reported_state, item.is_woken, item.end_reason) == (None, False, None)
    # Nothing ran in the second attempt yet: its end finds neither machine nor time of the first.
    second = ended(deps, second, "ABORTED")
    confirmed = part_of(second, "confirmed")
    assert confirmed["left"] == []
    outcome = part_of(record_outcome.run({"state": second}, deps), "outcome")
    assert parts_in(outcome, "attempts")[1]["reason"] == "ABORTED"
    assert str(outcome["results_uri"]).endswith(
        f"{part_of(first, 'run')['machine_prefix']}/results/"
    )


def test_results_are_those_of_the_latest_attempt_that_has_saved_any(
    deps: Deps, aws: EmbeddedAws
) -> None:
    first = lost(deps, aws)
    second = launched(deps, next_attempt(first))

    def check() -> Payload:
        second["run"] = wait_for_running.run({"state": second, "now": now()}, deps)
        return part_of(second, "run")

    until(check, "status", "running")
    second = ended(deps, second, "ABORTED")

    outcome = part_of(record_outcome.run({"state": second}, deps), "outcome")

    assert part_of(second, "run")["machine_prefix"]
    before = part_of(first, "run")["machine_prefix"]
    assert str(outcome["results_uri"]).endswith(f"/{before}/results/")


def test_an_event_of_the_first_machine_that_comes_late_does_not_end_the_second_attempt(
    deps: Deps, aws: EmbeddedAws
) -> None:
    first = lost(deps, aws)
    machine_id = str(part_of(first, "run")["machine_id"])
    second = _running(deps, aws, launched(deps, next_attempt(first)))
    # As if the wake function had found the machine before the second attempt began.
    deps.aws.machines_table.note(machine_id, "iris", a_job().execution_arn)
    detail: Payload = {"instance-id": machine_id, "state": "terminated"}
    assert wake.run({"source": "aws.ec2", "detail": detail}, deps)["was_notified"] is True

    decision = poll_termination_condition.run({"state": second, "now": now()}, deps)

    assert decision["reason"] is None


@pytest.mark.parametrize(
    ("notes", "error"),
    [
        ({"stop_requested_at": "2026-11-20T12:00:00Z"}, StopRequestedError),
        ({"superseded_by": "arn:another"}, SupersededError),
    ],
)
def test_a_request_between_two_attempts_ends_the_run(
    deps: Deps, aws: EmbeddedAws, notes: dict[str, str], error: type[Exception]
) -> None:
    first = lost(deps, aws)
    deps.aws.jobs_table.wake("iris", a_job().execution_arn, "stop", ["condition"], notes)
    with pytest.raises(error, match="attempt 2 was not launched"):
        launched(deps, next_attempt(first))
    assert alive_instances(aws) == []


def test_a_run_that_waits_for_capacity_launches_nothing_before_its_time(
    deps: Deps, aws: EmbeddedAws
) -> None:
    put_json(aws, "train.sh", b"sleep 600\n")
    state = launched(deps, {"job": a_job_of_two_attempts().to_payload()})
    state = next_attempt(ended(deps, state, "NO_CAPACITY"))
    waiting = launched(deps, state)
    assert part_of(waiting, "launch")["is_requested"] is False
    assert 200 < int(str(part_of(waiting, "launch")["next_check_seconds"])) <= 300
    assert (
        aws.client("cloudformation").list_stacks(StackStatusFilter=["CREATE_COMPLETE"])[
            "StackSummaries"
        ]
        == []
    )
    let_pass(300)
    assert part_of(launched(deps, waiting), "launch")["is_requested"] is True


def test_a_run_that_died_between_two_attempts_ends_the_second_ones_resources(
    deps: Deps, aws: EmbeddedAws
) -> None:
    first = lost(deps, aws)
    begun = next_attempt(first)
    launched(deps, begun)  # but its answer never came into the history
    let_pass(60)
    died_at = parse_timestamp(now())
    dead = EndedExecution("ABORTED", died_at, "")
    state = state_to_end(LastState("CreateStack", begun), dead, died_at, "CreateStack")
    assert part_of(state, "cleanup")["step"] == EndStep.SAVING
    decided = part_of(state, "end")
    state = confirmed(deps, state)
    assert decided["reason"] == "ABORTED"
    assert alive_instances(aws) == []
    assert part_of(state, "confirmed")["left"] == []
    # What the first attempt has kept stays.
    assert len(volumes(aws)) == 1
    outcome = part_of(record_outcome.run({"state": state}, deps), "outcome")
    reasons = [one["reason"] for one in parts_in(outcome, "attempts")]
    assert reasons == ["INSTANCE_LOST", "ABORTED"]


def test_what_attempts_have_kept_is_deleted_after_its_retention(
    deps: Deps, aws: EmbeddedAws
) -> None:
    first = lost(deps, aws)
    second = _running(deps, aws, launched(deps, next_attempt(first)))
    put_json(aws, f"{part_of(second, 'run')['machine_prefix']}/exit.json", SAVED)
    second = ended(deps, second, "COMPLETED")
    assert len(volumes(aws)) == 1
    let_pass(timedelta(days=8).total_seconds())
    second |= {"keep_expired": True, "cleanup": {"step": EndStep.SAVING}}
    second["cleanup"] = stop_or_delete_stack.run({"state": second, "now": now()}, deps)
    until(lambda: confirm_ended.run({"state": second, "now": now()}, deps), "state", "ended")
    assert volumes(aws) == []


def _steering(state: Payload) -> str:
    return str(part_of(state, "run")["machine_prefix"]).replace("machines/", "steering/")


def _read(aws: EmbeddedAws, key: str) -> bytes:
    return bytes(aws.client("s3").get_object(Bucket=BUCKET, Key=key)["Body"].read())
