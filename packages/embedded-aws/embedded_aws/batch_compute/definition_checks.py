"""What RegisterJobDefinition refuses beyond the model of the API."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from embedded_aws.batch_compute.resources import Resources

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,127}")
_RESERVED = "AWS_BATCH"
_LEAST_TIMEOUT_SECONDS, _MOST_ATTEMPTS, _LEAST_MEMORY_MIB = 60, 10, 4
# Source: https://docs.aws.amazon.com/batch/latest/userguide/service_limits.html
_LARGEST_DEFINITION_BYTES = 24 * 1024
_NOT_MODELLED = ("nodeProperties", "eksProperties", "ecsProperties", "consumableResourceProperties")
# The memory in MiB that Fargate has for a number of vCPUs. Source:
# https://docs.aws.amazon.com/batch/latest/APIReference/API_ResourceRequirement.html
_FARGATE_MEMORY_MIB: Mapping[float, Sequence[int]] = {
    0.25: (512, 1024, 2048),
    0.5: range(1024, 4097, 1024),
    1: range(2048, 8193, 1024),
    2: range(4096, 16385, 1024),
    4: range(8192, 30721, 1024),
    8: range(16384, 61441, 4096),
    16: range(32768, 122881, 8192),
}


def find_definition_violation(request: Mapping[str, Any]) -> str | None:
    """Return the message of AWS's ClientException about a definition, None if it is valid."""
    return next(_violations(request), None)


def find_limits(request: Mapping[str, Any]) -> Iterator[str]:
    """Yield what is wrong with the timeout and the retries of a definition or a job."""
    seconds = (request.get("timeout") or {}).get("attemptDurationSeconds")
    if seconds is not None and seconds < _LEAST_TIMEOUT_SECONDS:
        yield f"attemptDurationSeconds must be at least {_LEAST_TIMEOUT_SECONDS} seconds"
    attempts = (request.get("retryStrategy") or {}).get("attempts", 1)
    if not 1 <= attempts <= _MOST_ATTEMPTS:
        yield f"RetryStrategy attempts must be between 1 and {_MOST_ATTEMPTS}"


def find_container_violation(
    properties: Mapping[str, Any], platforms: Sequence[str]
) -> Iterator[str]:
    """Yield what is wrong with container properties."""
    if not properties.get("image"):
        yield "Error executing request, Exception : Container image is required."
    resources = Resources.of_container(properties)
    if resources.vcpus <= 0:
        yield "Error executing request, Exception : Container vcpus should be greater than 0."
    if resources.memory_mib < _LEAST_MEMORY_MIB:
        yield (
            "Error executing request, Exception : Container memory should be at least"
            f" {_LEAST_MEMORY_MIB} MiB."
        )
    for variable in properties.get("environment") or []:
        if str(variable.get("name", "")).startswith(_RESERVED):
            yield f"Environment variables must not start with {_RESERVED}."
    if "FARGATE" in platforms:
        yield from _on_fargate(properties, resources)
    elif resources.vcpus != int(resources.vcpus):
        yield "Error executing request, Exception : VCPU must be a whole number on EC2."


def _on_fargate(properties: Mapping[str, Any], resources: Resources) -> Iterator[str]:
    allowed = _FARGATE_MEMORY_MIB.get(resources.vcpus)
    if allowed is None:
        yield f"Fargate does not support {resources.vcpus} vCPUs."
    elif resources.memory_mib not in allowed:
        yield f"Fargate does not support {resources.memory_mib} MiB for {resources.vcpus} vCPUs."
    if resources.gpus:
        yield "Fargate does not support GPUs."
    if not properties.get("executionRoleArn"):
        yield "Error executing request, Exception : EXECUTION_ROLE_ARN is required for Fargate."
    if properties.get("privileged") or properties.get("instanceType"):
        yield "Fargate supports neither privileged nor instanceType."
    if (properties.get("linuxParameters") or {}).get("sharedMemorySize"):
        yield "Fargate does not support sharedMemorySize."


def _violations(request: Mapping[str, Any]) -> Iterator[str]:
    for name in _NOT_MODELLED:
        if request.get(name):
            yield f"The embedded AWS does not model this: {name}"
    if request.get("type") != "container":
        yield f"The embedded AWS does not model this: job definitions of type {request.get('type')}"
    if not _NAME.fullmatch(str(request.get("jobDefinitionName", ""))):
        yield "Job definition name should match valid pattern"
    if not request.get("containerProperties"):
        yield "Error executing request, Exception : ContainerProperties is required."
    if len(json.dumps(request, separators=(",", ":"))) > _LARGEST_DEFINITION_BYTES:
        yield "Job definition size exceeds the limit of 24 KiB"
    if len(request.get("tags") or {}) > 50:
        yield "A job definition has at most 50 tags"
    yield from find_limits(request)
    yield from find_container_violation(
        request["containerProperties"], request.get("platformCapabilities") or ["EC2"]
    )
