"""What the run registers and submits: its job definition, and the job.

SubmitJob can override neither the image nor the roles, so each run has a definition of its own.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from parris.tags import owner_tags
from parris.targets.batch.names import batch_job_name, definition_name, variable_of
from parris.targets.batch.spec import DEFAULT_STORAGE_GIB, spec_of

if TYPE_CHECKING:
    from parris.job import Job
    from parris.payloads import Payload
    from parris.targets.batch.settings import BatchSettings
    from parris.targets.batch.spec import BatchSpec

BOOTSTRAP_VARIABLE = "PARRIS_BOOTSTRAP"
_BOOTSTRAP = Path("batch/bootstrap.py")
_SHORTEST_TIMEOUT_SECONDS = 60
"""Source: https://docs.aws.amazon.com/batch/latest/APIReference/API_JobTimeout.html"""
_KILLED_AFTER_SECONDS = 30
"""The time between SIGTERM and SIGKILL at Batch's timeout. The runner has ended before that.
Source: https://docs.aws.amazon.com/batch/latest/userguide/job_timeouts.html"""
SHORTEST_LIMIT_SECONDS = _SHORTEST_TIMEOUT_SECONDS + _KILLED_AFTER_SECONDS
"""The shortest limit that Batch's own timeout keeps."""
START = (
    "command -v python3 >/dev/null 2>&1"
    ' || { echo "parris: this image has no python3, which the runner needs" >&2; exit 127; };'
    # The script's own environment need not contain it.
    f' set -- "${BOOTSTRAP_VARIABLE}" "$@"; unset {BOOTSTRAP_VARIABLE}; exec python3 -c "$@"'
)


def definition_request(job: Job, settings: BatchSettings) -> Payload:
    """Return the request that registers the job definition of a run."""
    spec = spec_of(job)
    request: Payload = {
        "jobDefinitionName": definition_name(job),
        "type": "container",
        "platformCapabilities": ["FARGATE" if spec.is_fargate else "EC2"],
        "containerProperties": _container(job, spec, settings),
        # Parris counts time and cost over all attempts: Batch makes none of its own.
        "retryStrategy": {"attempts": 1},
        "timeout": {"attemptDurationSeconds": timeout_seconds(job)},
        "tags": {**spec.tags, **owner_tags(job)},
        "propagateTags": True,
    }
    if spec.parameters:
        request["parameters"] = dict(spec.parameters)
    return request


def submission_request(job: Job, definition_arn: str) -> Payload:
    """Return the request that submits the job of the current attempt and offer."""
    spec = spec_of(job)
    return {
        "jobName": batch_job_name(job),
        "jobQueue": spec.job_queue,
        "jobDefinition": definition_arn,
        "tags": {**spec.tags, **owner_tags(job)},
        "propagateTags": True,
    }


def timeout_seconds(job: Job) -> int:
    """Return when Batch itself ends the job: by its limit, and not before its runner has."""
    limits = job.machine_limits
    earliest_seconds = limits.earliest_seconds()
    ends = [_SHORTEST_TIMEOUT_SECONDS, earliest_seconds - _KILLED_AFTER_SECONDS]
    if not spec_of(job).runs_image_command:
        ends.append(earliest_seconds - limits.stopping_allowance_seconds)
    return max(ends)


def parameter_variables(spec: BatchSpec) -> dict[str, str]:
    """Return the parameters as environment variables."""
    return {variable_of(name): value for name, value in spec.parameters.items()}


def _container(job: Job, spec: BatchSpec, settings: BatchSettings) -> Payload:
    needs = {"VCPU": spec.vcpus, "MEMORY": str(spec.memory_mib)}
    if spec.gpus:
        needs["GPU"] = str(spec.gpus)
    variables, command = _program(job, spec, settings)
    # An init process passes signals on, and reaps what the script leaves behind.
    linux: Payload = {"initProcessEnabled": True}
    if spec.shared_memory_mib:
        linux["sharedMemorySize"] = spec.shared_memory_mib
    container: Payload = {
        "image": spec.image,
        "jobRoleArn": settings.job_role_arn,
        "executionRoleArn": settings.execution_role_arn,
        "resourceRequirements": [{"type": key, "value": value} for key, value in needs.items()],
        "environment": [{"name": key, "value": variables[key]} for key in sorted(variables)],
        "linuxParameters": linux,
        "logConfiguration": {
            "logDriver": "awslogs",
            "options": {
                "awslogs-group": settings.container_log_group,
                "awslogs-region": settings.region,
            },
        },
    }
    if command:
        container["command"] = list(command)
    if spec.is_fargate:
        container |= _on_fargate(spec)
    return container


def _program(
    job: Job, spec: BatchSpec, settings: BatchSettings
) -> tuple[dict[str, str], tuple[str, ...]]:
    if spec.runs_image_command:
        given = {key: str(value) for key, value in job.environment.items()}
        return {**given, **parameter_variables(spec)}, spec.command
    source = (settings.layers_root / _BOOTSTRAP).read_text()
    arguments = (settings.training_bucket, settings.region, str(job.boot_timeout_seconds))
    return {BOOTSTRAP_VARIABLE: source}, ("/bin/sh", "-c", START, "parris", *arguments)


def _on_fargate(spec: BatchSpec) -> Payload:
    public = "ENABLED" if spec.assigns_public_ip else "DISABLED"
    platform: Payload = {
        "operatingSystemFamily": "LINUX",
        "cpuArchitecture": spec.architecture,
    }
    container: Payload = {
        "networkConfiguration": {"assignPublicIp": public},
        "runtimePlatform": platform,
    }
    if spec.storage_gib > DEFAULT_STORAGE_GIB:
        # The default cannot be requested.
        container["ephemeralStorage"] = {"sizeInGiB": spec.storage_gib}
    return container
