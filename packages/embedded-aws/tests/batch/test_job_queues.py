"""A job queue needs valid compute environments, and its deletion needs DISABLED."""

from pathlib import Path

import pytest
from botocore.exceptions import ClientError

from embedded_aws import EmbeddedAws
from embedded_aws_helpers.batch import (
    describe,
    environment_of,
    fargate_resources,
    make_environment,
    make_queue,
    queue_of,
    run_to_end,
    submit,
    virtual_batch,
)
from embedded_aws_helpers.builders import until


def test_a_queue_is_created_changed_and_deleted(aws: EmbeddedAws) -> None:
    batch = aws.client("batch")
    first, second = make_environment(aws, "first"), make_environment(aws, "second")
    arn = make_queue(aws, "queue", "first", tags={"a": "b"})
    made = queue_of(aws)
    batch.update_job_queue(
        jobQueue="queue",
        state="DISABLED",
        computeEnvironmentOrder=[
            {"order": 1, "computeEnvironment": second},
            {"order": 2, "computeEnvironment": first},
        ],
    )
    updating = queue_of(aws)
    until(lambda: queue_of(aws)["status"] == "VALID")
    batch.delete_job_queue(jobQueue=arn)
    deleting = queue_of(aws)
    until(lambda: not batch.describe_job_queues(jobQueues=["queue"])["jobQueues"])

    assert (made["state"], made["tags"]) == ("ENABLED", {"a": "b"})
    assert made["computeEnvironmentOrder"] == [{"order": 1, "computeEnvironment": first}]
    assert (updating["status"], deleting["status"]) == ("UPDATING", "DELETING")
    assert updating["computeEnvironmentOrder"][0]["computeEnvironment"] == second


def test_what_is_no_queue_is_refused(aws: EmbeddedAws) -> None:
    make_environment(aws, "instances")
    make_environment(aws, "fargate", **fargate_resources(aws))
    with pytest.raises(ClientError, match="does not exist"):
        make_queue(aws, "queue", "other")
    with pytest.raises(ClientError, match="cannot be mixed"):
        make_queue(aws, "queue", "instances", "fargate")
    actions = [
        {"reason": "CAPACITY:X", "state": "RUNNABLE", "maxTimeSeconds": 600, "action": "CANCEL"}
    ]
    with pytest.raises(ClientError, match="does not model this: jobStateTimeLimitActions"):
        make_queue(aws, "queue", "instances", jobStateTimeLimitActions=actions)
    make_queue(aws, "queue", "instances")
    with pytest.raises(ClientError, match="state must be DISABLED"):
        aws.client("batch").delete_job_queue(jobQueue="queue")
    assert environment_of(aws, "fargate")["status"] == "VALID"


def test_a_disabled_queue_takes_no_jobs_and_its_deletion_ends_those_it_has(tmp_path: Path) -> None:
    with virtual_batch(tmp_path) as (aws, clock):
        job_id = submit(aws)
        batch = aws.client("batch")
        batch.update_job_queue(jobQueue="queue", state="DISABLED")
        with pytest.raises(ClientError, match="not enabled"):
            submit(aws)
        assert describe(aws, job_id)["status"] == "SUBMITTED"
        batch.delete_job_queue(jobQueue="queue")
        ended = run_to_end(aws, clock, job_id)
    assert (ended["status"], ended["isTerminated"]) == ("FAILED", True)
