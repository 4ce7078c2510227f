"""What a site has of SageMaker: an image, and of each job a training job and a role."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from embedded_aws import EmbeddedAws
from embedded_aws.training_jobs.job import FAILED, TrainingJob
from embedded_aws.training_jobs.runs import stop_job
from tests.faults.training_job_scenarios import IMAGE_REPOSITORY

BILLED_STATES = ("InProgress", "Stopping", "Available", "InUse")
_ROLES = "/parris/"
_KIND = "application/vnd.docker"
_MANIFEST = {
    "schemaVersion": 2,
    "mediaType": f"{_KIND}.distribution.manifest.v2+json",
    "config": {
        "mediaType": f"{_KIND}.container.image.v1+json",
        "size": 1,
        "digest": f"sha256:{'0' * 64}",
    },
    "layers": [],
}


def put_image(aws: EmbeddedAws) -> None:
    """Put the image that the configs name into its repository."""
    ecr = aws.client("ecr")
    ecr.create_repository(repositoryName=IMAGE_REPOSITORY)
    ecr.put_image(
        repositoryName=IMAGE_REPOSITORY, imageTag="1", imageManifest=json.dumps(_MANIFEST)
    )


def training_jobs_of(aws: EmbeddedAws, job: str) -> tuple[TrainingJob, ...]:
    """Return the training jobs of a job, whatever their status."""
    return tuple(one for one in _all(aws) if _tags(one.tags).get("parris:job") == job)


def stop_training_jobs(aws: EmbeddedAws, job: str) -> bool:
    """Stop what a job has, as a person in the console does; return whether there was anything."""
    found = [one for one in training_jobs_of(aws, job) if not one.has_ended]
    for one in found:
        stop_job(one)
    return bool(found)


def delete_role(aws: EmbeddedAws, job: str) -> bool:
    """Delete the role of a job, as a person in the console does; return whether there was one."""
    iam = aws.client("iam")
    found = [one["RoleName"] for one in _roles(aws) if f".{job}-" in one["RoleName"]]
    for name in found:
        for policy in iam.list_role_policies(RoleName=name)["PolicyNames"]:
            iam.delete_role_policy(RoleName=name, PolicyName=policy)
        iam.delete_role(RoleName=name)
    return bool(found)


def have_trained(aws: EmbeddedAws, job: str) -> bool:
    """Return whether a training job has trained whose model SageMaker has to upload."""
    return any(
        one.status != FAILED and any(step["Status"] == "Training" for step in one.transitions)
        for one in training_jobs_of(aws, job)
    )


def left_of_training_jobs(aws: EmbeddedAws) -> Iterator[tuple[str, str, str, dict[str, Any]]]:
    """Return training jobs, warm pools and roles that are not gone, as the site lists them."""
    for one in _all(aws):
        described = {"Tags": one.tags}
        if not one.has_ended:
            yield "training job", one.name, one.status, described
        elif one.warm_pool_status in BILLED_STATES:
            yield "warm pool", one.name, one.warm_pool_status, described
    for role in _roles(aws):
        tags = aws.client("iam").list_role_tags(RoleName=role["RoleName"])
        yield "role", role["RoleName"], "there", {"Tags": tags["Tags"]}


def _roles(aws: EmbeddedAws) -> list[dict[str, Any]]:
    pages = aws.client("iam").get_paginator("list_roles").paginate(PathPrefix=_ROLES)
    return [role for page in pages for role in page["Roles"]]


def _all(aws: EmbeddedAws) -> list[TrainingJob]:
    # Imports moto's part of it, which takes long.
    from embedded_aws.training_jobs.store import jobs_of_account

    return list(jobs_of_account().values())


def _tags(tags: list[dict[str, str]]) -> Mapping[str, str]:
    return {one["Key"]: one["Value"] for one in tags}
