"""WaitForRunning, StopOrDeleteStack, ConfirmEnded and RecordOutcome against real stacks."""

import dataclasses
import hashlib
import json
from collections.abc import Callable, Mapping
from typing import Any

import pytest

import confirm_ended
import create_stack
import record_outcome
import stop_or_delete_stack
import wait_for_running
from embedded_aws import EmbeddedAws
from parris.entrypoint import Deps
from parris.errors import CapacityUnavailableError, NotOursError
from parris.job import Job, UserFile
from parris.payloads import Payload, part_of
from parris.termination.ending import Ending
from parris.timestamps import parse_timestamp
from tests.builders import BUCKET, a_job
from tests.handlers.conftest import put_json
from tests.handlers.virtual_time import await_result
from tests.runs_table import RUNS_TABLE

NOW = "2026-11-21T00:00:00.000Z"
BODY = b"sleep 600\n"
SCRIPT = UserFile("train.sh", f"s3://{BUCKET}/train.sh", hashlib.sha256(BODY).hexdigest())
SEVEN_DAYS_ON = "2026-11-28T00:00:00.000Z"


def until(check: Callable[[], Payload], key: str, *values: str) -> Payload:
    """Return the first result that has one of the values under the key."""
    return await_result(check, lambda result: result[key] in values)


def launched(deps: Deps, aws: EmbeddedAws, job: Job) -> dict[str, Any]:
    put_json(aws, "train.sh", BODY)
    return create_stack.run({"state": {"job": job.to_payload()}, "now": NOW}, deps)


def running(deps: Deps, state: dict[str, Any]) -> Payload:
    return until(
        lambda: wait_for_running.run({"state": state, "now": NOW}, deps), "status", "running"
    )


def ended(deps: Deps, state: dict[str, Any]) -> tuple[list[str], Payload]:
    """Run the termination like the state machine; return the steps and the last check."""
    steps: list[str] = []
    state["end"] = {"reason": "ABORTED", "decided_at": NOW}
    while True:
        state["cleanup"] = stop_or_delete_stack.run({"state": state, "now": NOW}, deps)
        steps.append(str(state["cleanup"]["step"]))
        seen = until(
            lambda: confirm_ended.run({"state": state, "now": NOW}, deps),
            "state",
            "ended",
            "end-again",
            "failed",
        )
        if seen["state"] != "end-again" or len(steps) > 5:
            return steps, seen


def an_ending(state: dict[str, Any], **changes: Any) -> Ending:
    return dataclasses.replace(Ending.from_state(state, parse_timestamp(NOW)), **changes)


def mark_of(described: Mapping[str, Any]) -> str | None:
    """Return until when an instance or a volume says that it is kept."""
    tags = {tag["Key"]: tag["Value"] for tag in described["Tags"]}
    return tags.get("parris:keep-until")


def alive_instances(aws: EmbeddedAws) -> list[str]:
    groups = aws.client("ec2").describe_instances()["Reservations"]
    return [
        one["State"]["Name"]
        for group in groups
        for one in group["Instances"]
        if one["State"]["Name"] != "terminated"
    ]


def test_a_launch_is_watched_until_the_instance_runs(deps: Deps, aws: EmbeddedAws) -> None:
    state = launched(deps, aws, a_job(script=SCRIPT))
    run = running(deps, state)
    assert str(run["machine_id"]).startswith("i-")
    assert deps.aws.machines_table.find(str(run["machine_id"])) is not None


def test_a_lack_of_capacity_is_reported_as_such_and_leaves_nothing(
    deps: Deps, aws: EmbeddedAws
) -> None:
    job = a_job(script=SCRIPT, instance_type="p3.2xlarge")
    state = launched(deps, aws, job)
    with pytest.raises(CapacityUnavailableError, match=r"p3\.2xlarge"):
        running(deps, state)
    steps, seen = ended(deps, state)
    assert seen["left"] == []
    assert steps[-1] == "deleting"


def test_a_running_job_is_stopped_to_save_before_its_stack_is_deleted(
    deps: Deps, aws: EmbeddedAws
) -> None:
    state = launched(deps, aws, a_job(script=SCRIPT))
    running(deps, state)
    steps, seen = ended(deps, state)
    assert steps == ["saving", "deleting", "deleting-leftovers"]
    assert seen["state"] == "ended"
    assert seen["left"] == []
    assert alive_instances(aws) == []


def test_a_step_that_could_not_be_set_going_is_tried_ever_more_rarely(
    deps: Deps, aws: EmbeddedAws
) -> None:
    state = launched(deps, aws, a_job(script=SCRIPT))
    running(deps, state)
    state["end"] = {"reason": "COMPLETED", "decided_at": NOW}
    state["cleanup"] = stop_or_delete_stack.run({"state": state, "now": NOW}, deps)
    until(lambda: confirm_ended.run({"state": state, "now": NOW}, deps), "state", "end-again")

    refused = {**state, "cleanup": {**state["cleanup"], "error": {"Error": "AwsDeniedError"}}}
    waits = [
        confirm_ended.run({"state": one, "now": later}, deps)["next_check_seconds"]
        for one, later in (
            (state, NOW.replace("T00:", "T01:")),
            (refused, NOW.replace("T00:00", "T00:03")),
            (refused, NOW.replace("T00:", "T01:")),
            (refused, NOW.replace("T00:", "T12:")),
        )
    ]

    assert waits == [1, 108, 300, 1800]


def test_a_job_that_is_to_keep_its_instance_is_only_stopped(deps: Deps, aws: EmbeddedAws) -> None:
    state = launched(deps, aws, a_job(script=SCRIPT, on_termination="stop-instance"))
    running(deps, state)
    steps, seen = ended(deps, state)
    assert steps == ["stopping"]
    assert seen["state"] == "ended"
    assert alive_instances(aws) == ["stopped"]


def test_ending_a_job_that_made_nothing_is_fine(deps: Deps) -> None:
    steps, seen = ended(deps, {"job": a_job().to_payload()})
    assert steps == ["nothing-to-end"]
    assert seen["state"] == "ended"


def test_a_stack_of_the_jobs_name_that_another_made_is_not_touched(
    deps: Deps, aws: EmbeddedAws
) -> None:
    template = json.dumps({"Resources": {"T": {"Type": "AWS::SNS::Topic"}}})
    cloudformation = aws.client("cloudformation")
    stack_id = cloudformation.create_stack(StackName="parris-iris", TemplateBody=template)[
        "StackId"
    ]
    ended(deps, {"job": a_job().to_payload()})
    (stack,) = cloudformation.describe_stacks()["Stacks"]
    assert stack["StackStatus"].startswith("CREATE_")
    state: Payload = {"job": a_job().to_payload(), "launch": {"launch_id": stack_id}}
    with pytest.raises(NotOursError):
        stop_or_delete_stack.run({"state": state, "now": NOW}, deps)


def test_a_stack_whose_answer_was_lost_is_found_by_its_name_and_tag(
    deps: Deps, aws: EmbeddedAws
) -> None:
    state = launched(deps, aws, a_job(script=SCRIPT))
    running(deps, state)
    del state["launch"]
    steps, seen = ended(deps, state)
    assert steps == ["saving", "deleting", "deleting-leftovers"]
    assert seen["left"] == []


def test_the_record_is_written_and_the_name_given_back(deps: Deps) -> None:
    deps.aws.jobs_table.claim("iris", a_job().execution_arn, NOW)
    state: Payload = {
        "job": a_job().to_payload(),
        "end": {"reason": "ABORTED", "decided_at": NOW},
        "confirmed": {"state": "ended", "confirmed_at": NOW},
    }
    outcome = part_of(record_outcome.run({"state": state}, deps), "outcome")
    record = deps.aws.bucket.read_json("jobs/iris/run-1/record.json")
    assert record is not None
    assert part_of(record, "outcome") == outcome
    assert deps.aws.jobs_table.find("iris") is None


def test_a_run_is_in_the_index_once_as_its_record_has_it(deps: Deps, aws: EmbeddedAws) -> None:
    state: Payload = {
        "job": a_job().to_payload(),
        "end": {"reason": "ABORTED", "decided_at": NOW},
        "confirmed": {"state": "failed", "left": ["i-1"], "confirmed_at": NOW},
    }
    failed = part_of(record_outcome.run({"state": state}, deps), "outcome")
    assert indexed_reason(aws) == failed["reason"] == "CLEANUP_FAILED"
    record = deps.aws.bucket.read_json("jobs/iris/run-1/record.json")
    assert record is not None
    corrected: Payload = {
        **state,
        "record": record,
        "confirmed": {"state": "ended", "confirmed_at": NOW},
    }
    record_outcome.run({"state": corrected}, deps)
    assert indexed_reason(aws) == "ABORTED"


def test_a_run_that_died_after_its_record_was_written_is_indexed_by_the_cleanup(
    deps: Deps, aws: EmbeddedAws
) -> None:
    outcome: Payload = {"reason": "TIME_LIMIT", "ended_at": NOW}
    state: Payload = {"job": a_job().to_payload(), "recorded_outcome": outcome}
    record_outcome.run({"state": state}, deps)
    assert indexed_reason(aws) == "TIME_LIMIT"


def indexed_reason(aws: EmbeddedAws) -> str:
    (item,) = aws.client("dynamodb").query(
        TableName=RUNS_TABLE,
        IndexName="by-owner",
        KeyConditionExpression="#owner = :owner",
        ExpressionAttributeNames={"#owner": "owner"},
        ExpressionAttributeValues={":owner": {"S": a_job().started_by}},
    )["Items"]
    return str(item["reason"]["S"])
