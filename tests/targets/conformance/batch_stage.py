"""AWS Batch for the suite: queues whose containers do nothing until they are stopped."""

import dataclasses
from collections.abc import Mapping
from typing import Any

from embedded_aws import EmbeddedAws
from embedded_aws_helpers.batch import ec2_resources, make_environment, make_queue
from parris.costs.offer import Offer
from parris.job import Job
from parris.payloads import Payload
from tests.builders import a_job, a_rate
from tests.handlers.account import BATCH_ROLE_ARN
from tests.handlers.conftest import put_json
from tests.handlers.test_ending import BODY, SCRIPT, until
from tests.parris.targets.batch.builders import IMAGE, a_spec

QUEUE, SOLD_OUT, UNPRICED = "parris-batch", "sold-out", "unpriced"
TYPES = {QUEUE: ["m5.large"], SOLD_OUT: ["p3.2xlarge"], UNPRICED: ["mac2.metal"]}
LOG_GROUP = "/parris/parris-batch/jobs"
_LIVING = ("SUBMITTED", "PENDING", "RUNNABLE", "STARTING", "RUNNING")
_A_DAY, _A_MINUTE = 24 * 3600, 60


def prepare_batch(aws: EmbeddedAws) -> None:
    """Make what `parris deploy --with batch` makes, unless it is there."""
    batch = aws.client("batch")
    if batch.describe_job_queues()["jobQueues"]:
        return
    for queue, types in TYPES.items():
        resources = ec2_resources(aws, instanceTypes=types)
        make_queue(aws, queue, make_environment(aws, f"{queue}-machines", **resources))
    aws.client("iam").create_role(
        RoleName=BATCH_ROLE_ARN.rpartition("/")[2], AssumeRolePolicyDocument="{}"
    )
    aws.client("logs").create_log_group(logGroupName=LOG_GROUP)


def a_batch_job(aws: EmbeddedAws, **changes: Any) -> Job:
    """Return a job whose container waits for a runner that never comes."""
    prepare_batch(aws)
    put_json(aws, "train.sh", BODY)
    # The clock of the functions is half a day ahead of the account's.
    spec = a_spec(job_queue=QUEUE, runnable_timeout_seconds=_A_DAY)
    given = {"target": "batch", "on_termination": "terminate-job", "script": SCRIPT, **changes}
    return dataclasses.replace(a_job(**given), spec=spec.to_payload())


def offers() -> tuple[Offer, Offer]:
    """Return an offer without capacity, and one with."""
    none: Payload = {"job_queue": SOLD_OUT, "runnable_timeout_seconds": _A_MINUTE}
    some: Payload = {"job_queue": QUEUE, "runnable_timeout_seconds": _A_DAY}
    return (
        Offer(SOLD_OUT, a_rate(), 900, none),
        Offer(QUEUE, a_rate(), 900, some),
    )


def configs() -> Mapping[str, Payload]:
    """Return a sound config, one with violations, and one without a price."""
    sound: Payload = {"image": IMAGE, "training-script-filename": "train.sh"}
    return {
        "sound": sound,
        "bad": {**sound, "job-queue": "of-nobody", "command": ["train"]},
        "unpriced": {**sound, "job-queue": UNPRICED},
    }


def terminate(aws: EmbeddedAws, job_id: str) -> None:
    """End a job as an outsider would, and wait until it is over."""
    batch = aws.client("batch")
    batch.terminate_job(jobId=job_id, reason="by hand")
    until(lambda: batch.describe_jobs(jobs=[job_id])["jobs"][0], "status", "FAILED")


def living(aws: EmbeddedAws) -> set[str]:
    """Return the ids of the jobs that live and of the active job definitions."""
    batch = aws.client("batch")
    queues = [one["jobQueueName"] for one in batch.describe_job_queues()["jobQueues"]]
    jobs = {
        one["jobId"]
        for queue in queues
        for status in _LIVING
        for one in batch.list_jobs(jobQueue=queue, jobStatus=status)["jobSummaryList"]
    }
    found = batch.describe_job_definitions(status="ACTIVE")["jobDefinitions"]
    return jobs | {f"{one['jobDefinitionName']}:{one['revision']}" for one in found}
