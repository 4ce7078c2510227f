"""Compute environments, queues, definitions and jobs of AWS Batch, and what became of them."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from embedded_aws import EmbeddedAws, Settings
from embedded_aws.batch_container import BatchTask
from embedded_aws.batch_delays import BatchDelays
from embedded_aws.clock.virtual_clock import VirtualClock
from embedded_aws_helpers.builders import until
from embedded_aws_helpers.idle_containers import IdleContainer, IdleContainers

BEGIN = datetime(2031, 5, 1, tzinfo=UTC)
QUEUE, DEFINITION = "queue", "definition"
DELAYS = BatchDelays(submitted=10, instance=90, start=20, idle=300, environment=0)
_ENDED = ("SUCCEEDED", "FAILED")


@dataclass(frozen=True, slots=True)
class IdleTasks:
    """For `Settings.batch_containers`; `containers.started` lists every container, in order."""

    containers: IdleContainers

    runs_processes = False

    def make_container(self, task: BatchTask, folder: Path) -> IdleContainer:
        return IdleContainer(self.containers, {"task": task}, task.task_id, folder)


@contextmanager
def virtual_batch(
    folder: Path, containers: IdleContainers | None = None, **settings: Any
) -> Iterator[tuple[EmbeddedAws, VirtualClock]]:
    """Run an embedded AWS with a queue `queue` on EC2 and a job definition `definition`."""
    clock = VirtualClock(BEGIN)
    chosen = Settings(
        **{
            "enforce_roles": False,
            "batch_containers": IdleTasks(containers or IdleContainers()),
            "batch_delays": DELAYS,
            **settings,
        },
    )
    with EmbeddedAws(chosen, folder=folder, clock=clock) as aws:
        make_queue(aws)
        register(aws)
        yield aws, clock


def make_environment(aws: EmbeddedAws, name: str = "environment", **resources: Any) -> str:
    """Create a compute environment, and return its ARN when it is valid."""
    batch = aws.client("batch")
    arn = batch.create_compute_environment(
        computeEnvironmentName=name,
        type="MANAGED",
        state="ENABLED",
        computeResources=resources or ec2_resources(aws),
    )["computeEnvironmentArn"]
    until(lambda: environment_of(aws, arn)["status"] == "VALID")
    return str(arn)


def ec2_resources(aws: EmbeddedAws, **changed: Any) -> dict[str, Any]:
    """Return the computeResources of an environment on EC2 that starts from nothing."""
    iam = aws.client("iam")
    names = [one["InstanceProfileName"] for one in iam.list_instance_profiles()["InstanceProfiles"]]
    if "hosts" not in names:
        iam.create_instance_profile(InstanceProfileName="hosts")
    ec2_only = {
        "minvCpus": 0,
        "instanceTypes": ["m5.xlarge", "m5.large"],
        "instanceRole": "hosts",
        "allocationStrategy": "BEST_FIT_PROGRESSIVE",
    }
    return {"type": "EC2", "maxvCpus": 16, **ec2_only, **network_of(aws), **changed}


def fargate_resources(aws: EmbeddedAws, **changed: Any) -> dict[str, Any]:
    """Return the computeResources of an environment on Fargate."""
    return {"type": "FARGATE", "maxvCpus": 4, **network_of(aws), **changed}


def network_of(aws: EmbeddedAws) -> dict[str, Any]:
    """Return a subnet and a security group of the account."""
    ec2 = aws.client("ec2")
    subnet = ec2.describe_subnets()["Subnets"][0]
    group = ec2.describe_security_groups()["SecurityGroups"][0]
    return {"subnets": [subnet["SubnetId"]], "securityGroupIds": [group["GroupId"]]}


def environment_of(aws: EmbeddedAws, name: str) -> dict[str, Any]:
    """Return the description of a compute environment."""
    found = aws.client("batch").describe_compute_environments(computeEnvironments=[name])
    return dict(found["computeEnvironments"][0])


def queue_of(aws: EmbeddedAws, name: str = QUEUE) -> dict[str, Any]:
    """Return the description of a job queue."""
    found = aws.client("batch").describe_job_queues(jobQueues=[name])
    return dict(found["jobQueues"][0])


def make_queue(aws: EmbeddedAws, name: str = QUEUE, *environments: str, **parts: Any) -> str:
    """Create a job queue, on a new environment on EC2 unless others are given."""
    used = environments or (make_environment(aws, f"{name}-environment"),)
    arn = aws.client("batch").create_job_queue(
        jobQueueName=name,
        priority=1,
        state="ENABLED",
        computeEnvironmentOrder=[
            {"order": number, "computeEnvironment": one} for number, one in enumerate(used, 1)
        ],
        **parts,
    )["jobQueueArn"]
    until(lambda: queue_of(aws, name)["status"] == "VALID")
    return str(arn)


def properties_of(command: list[str], **changed: Any) -> dict[str, Any]:
    """Return container properties for 2 vCPUs and 1 GiB."""
    requirements = [{"type": "VCPU", "value": "2"}, {"type": "MEMORY", "value": "1024"}]
    given = {"image": "image", "command": command, "resourceRequirements": requirements}
    return {**given, **changed}


def register(
    aws: EmbeddedAws, name: str = DEFINITION, command: list[str] | None = None, **parts: Any
) -> str:
    """Register a job definition, and return its ARN."""
    properties = properties_of(
        ["train"] if command is None else command, **parts.pop("properties", {})
    )
    registered = aws.client("batch").register_job_definition(
        jobDefinitionName=name, type="container", containerProperties=properties, **parts
    )
    return str(registered["jobDefinitionArn"])


def submit(aws: EmbeddedAws, name: str = "job", **parts: Any) -> str:
    """Submit a job, and return its id."""
    given = {"jobQueue": QUEUE, "jobDefinition": DEFINITION, **parts}
    return str(aws.client("batch").submit_job(jobName=name, **given)["jobId"])


def describe(aws: EmbeddedAws, job_id: str) -> dict[str, Any]:
    """Return the description of a job."""
    return dict(aws.client("batch").describe_jobs(jobs=[job_id])["jobs"][0])


def run_until_status(
    aws: EmbeddedAws, clock: VirtualClock, job_id: str, *statuses: str
) -> dict[str, Any]:
    """Let the clock run until a job has one of the statuses, and return its description."""
    give_up_at = clock.now() + timedelta(days=2)

    def is_waiting() -> bool:
        return clock.now() < give_up_at and describe(aws, job_id)["status"] not in statuses

    clock.run_while(is_waiting)
    found = describe(aws, job_id)
    assert found["status"] in statuses, found.get("statusReason")
    return found


def run_to_end(aws: EmbeddedAws, clock: VirtualClock, job_id: str) -> dict[str, Any]:
    """Let the clock run until a job has ended, and return its description."""
    return run_until_status(aws, clock, job_id, *_ENDED)


def wait_for(aws: EmbeddedAws, job_id: str, *statuses: str) -> dict[str, Any]:
    """Wait until a job on the real clock has one of the statuses, and return its description."""
    until(lambda: describe(aws, job_id)["status"] in statuses)
    return describe(aws, job_id)


def seconds_after_begin(milliseconds: int) -> float:
    """Return how long after BEGIN a time of Batch is."""
    return milliseconds / 1000 - BEGIN.timestamp()
