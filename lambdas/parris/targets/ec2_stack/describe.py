"""Describes the resources of this target for people: console pages and commands.

An id shows its kind: `i-...`, `vol-...`, or the ARN of a stack.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote

from parris.notifications.links import region_of
from parris.resource import Guide, Resource

if TYPE_CHECKING:
    from collections.abc import Iterable

    from parris.job import Job

NAME = "ec2-stack"
INSTANCE, VOLUME, STACK = "instance", "volume", "stack"
_RESULTS_ON_DISK = "/var/lib/parris/results"


def kind_of(resource_id: str) -> str | None:
    """Return the kind of the resource, or None if the id is not one of this target."""
    if resource_id.startswith("i-"):
        return INSTANCE
    if resource_id.startswith("vol-"):
        return VOLUME
    return STACK if ":cloudformation:" in resource_id else None


def describe(job: Job, ids: Iterable[str]) -> Guide:
    """Return the description of these resources of a job, without calling AWS."""
    known = {one: kind for one in ids if (kind := kind_of(one)) is not None}
    region = region_of(job.execution_arn)
    stack_id = next((one for one, kind in known.items() if kind == STACK), None)
    resources = tuple(
        described(one, kind, region, removed_with=None if kind == STACK else stack_id)
        for one, kind in known.items()
    )
    return Guide(
        resources,
        access=_access(resources, region),
        find_commands=_find_commands(job, region),
        log_commands=tuple(
            f"aws ec2 get-console-output --region {region} --instance-id {one} --latest"
            " --output text"
            for one, kind in known.items()
            if kind == INSTANCE
        ),
    )


def described(
    resource_id: str, kind: str, region: str, *, removed_with: str | None = None
) -> Resource:
    """Return a resource from its id alone."""
    return Resource(
        target=NAME,
        kind=kind,
        resource_id=resource_id,
        console_url=_console_url(resource_id, kind, region),
        removal_command=_removal_command(resource_id, kind, region),
        runs_job=kind == INSTANCE,
        is_billed=kind != STACK,
        removed_with=removed_with,
    )


def _console_url(resource_id: str, kind: str, region: str) -> str:
    console, home = f"https://{region}.console.aws.amazon.com", f"home?region={region}"
    match kind:
        case "instance":
            return f"{console}/ec2/{home}#InstanceDetails:instanceId={resource_id}"
        case "volume":
            return f"{console}/ec2/{home}#VolumeDetails:volumeId={resource_id}"
        case _:
            stack = quote(resource_id, safe="")
            return f"{console}/cloudformation/{home}#/stacks/stackinfo?stackId={stack}"


def _removal_command(resource_id: str, kind: str, region: str) -> str:
    match kind:
        case "instance":
            return f"aws ec2 terminate-instances --region {region} --instance-ids {resource_id}"
        case "volume":
            return f"aws ec2 delete-volume --region {region} --volume-id {resource_id}"
        case _:
            return f"aws cloudformation delete-stack --region {region} --stack-name {resource_id}"


def _access(resources: tuple[Resource, ...], region: str) -> str:
    """Return how to get the data. Starting the machine is no option: its deadline would end it."""
    volumes = [one.resource_id for one in resources if one.kind == VOLUME] or ["VOLUME"]
    is_attached = any(one.kind == INSTANCE for one in resources)
    detach = [f"aws ec2 detach-volume --region {region} --volume-id {one}" for one in volumes]
    attach = [
        f"aws ec2 attach-volume --region {region} --volume-id {one} --instance-id YOURS"
        " --device /dev/sdf"
        for one in volumes
    ]
    lines = (f"  {line}" for line in (*(detach if is_attached else ()), *attach))
    return "\n".join(
        (
            "To get the data, attach the disk to an instance of yours in the same Availability"
            f" Zone and mount it. The results are in {_RESULTS_ON_DISK}:",
            *lines,
        )
    )


def _find_commands(job: Job, region: str) -> tuple[str, ...]:
    tag = f"--region {region} --filters Name=tag:parris:execution,Values={job.execution_arn}"
    return (
        f"aws ec2 describe-instances {tag}",
        f"aws ec2 describe-volumes {tag}",
        f"aws cloudformation describe-stacks --region {region} --stack-name {job.launch_name}",
    )
