"""What a site has of AWS Batch: queues, and of each job a Batch job and its definition."""

from collections.abc import Iterator, Mapping
from typing import Any

from embedded_aws import EmbeddedAws
from embedded_aws.batch_jobs.ends import terminate_job
from embedded_aws.batch_jobs.job import BatchJob
from parris_cli.deployment.environments import environment_parameters, environment_template
from tests.faults.batch_scenarios import MACHINE_TYPE, NO_SUCH_MACHINE_TYPE, QUEUE, SOLD_OUT_QUEUE

BILLED_STATES = ("SUBMITTED", "RUNNABLE", "STARTING", "RUNNING")
"""Those of a job that waits for a machine are among them: it would be billed once it has one."""
_QUEUES = {QUEUE: MACHINE_TYPE, SOLD_OUT_QUEUE: NO_SUCH_MACHINE_TYPE}
# For as many jobs as are tried at the same time.
_VCPUS = {"MaxvCpus": "1000"}
_JOB_TAG = "parris:job"


def make_queues(aws: EmbeddedAws, outputs: Mapping[str, str]) -> None:
    """Deploy what the jobs run in, once with machines and once without."""
    for queue, machine_type in _QUEUES.items():
        connected = environment_parameters("batch", outputs, {})
        given = {**connected, **_VCPUS, "InstanceTypes": machine_type}
        aws.deploy(environment_template("batch"), queue, given)


def terminate_batch_jobs(aws: EmbeddedAws, job: str) -> bool:
    """End what a job has, as a person in the console does; return whether there was anything."""
    found = _living_of(job)
    for one in found:
        terminate_job(one.job_id, "by hand")
    return bool(found)


def terminate_machines(aws: EmbeddedAws, job: str) -> bool:
    """Terminate the instances on which a job runs; return whether there was any."""
    # Imports moto's part of it, which takes long.
    from embedded_aws.batch_compute.fleet import fleet

    ids = {one.job_id for one in _living_of(job)}
    found = [host.instance.id for host in fleet().hosts() if ids & host.jobs.keys()]
    if found:
        aws.client("ec2").terminate_instances(InstanceIds=found)
    return bool(found)


def deregister_definitions(aws: EmbeddedAws, job: str) -> bool:
    """Deregister what a job has, as a person in the console does; return whether there was any."""
    found = [one for one in _definitions(aws) if one.get("tags", {}).get(_JOB_TAG) == job]
    for one in found:
        aws.client("batch").deregister_job_definition(jobDefinition=one["jobDefinitionArn"])
    return bool(found)


def left_of_batch_jobs(aws: EmbeddedAws) -> Iterator[tuple[str, str, str, dict[str, Any]]]:
    """Return Batch jobs and definitions that are not gone, as the site lists them."""
    from embedded_aws.batch_jobs.store import tags_of

    for one in _jobs():
        if not one.has_ended:
            yield "batch job", one.job_id, one.status, _described(tags_of(one.arn))
    for definition in _definitions(aws):
        name = f"{definition['jobDefinitionName']}:{definition['revision']}"
        yield "job definition", name, "ACTIVE", _described(definition.get("tags", {}))


def _living_of(job: str) -> list[BatchJob]:
    from embedded_aws.batch_jobs.store import tags_of

    return [one for one in _jobs() if not one.has_ended and tags_of(one.arn).get(_JOB_TAG) == job]


def _jobs() -> list[BatchJob]:
    from embedded_aws.batch_jobs.store import jobs_of_account

    return list(jobs_of_account().values())


def _definitions(aws: EmbeddedAws) -> list[dict[str, Any]]:
    pages = aws.client("batch").get_paginator("describe_job_definitions").paginate(status="ACTIVE")
    return [one for page in pages for one in page["jobDefinitions"]]


def _described(tags: Mapping[str, str]) -> dict[str, Any]:
    return {"Tags": [{"Key": key, "Value": value} for key, value in tags.items()]}
