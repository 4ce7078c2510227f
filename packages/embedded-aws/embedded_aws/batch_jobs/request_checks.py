"""What SubmitJob refuses beyond the model of the API. The texts that AWS documents are AWS's."""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from embedded_aws.batch_compute.definition_checks import find_container_violation, find_limits
from embedded_aws.batch_compute.status import is_usable
from embedded_aws.batch_jobs.overrides import effective_container
from embedded_aws.batch_jobs.store import backend

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,127}")
# Source: https://docs.aws.amazon.com/batch/latest/userguide/service_limits.html
_LARGEST_PAYLOAD_BYTES = 30 * 1024
_MOST_DEPENDENCIES = 20
_NOT_MODELLED = (
    "arrayProperties",
    "nodeOverrides",
    "eksPropertiesOverride",
    "ecsPropertiesOverride",
    "shareIdentifier",
    "schedulingPriorityOverride",
    "consumableResourcePropertiesOverride",
)


def find_submission_violation(request: Mapping[str, Any]) -> str | None:
    """Return the message of AWS's ClientException about a new job, None if it is valid."""
    return next(_violations(request), None)


def _violations(request: Mapping[str, Any]) -> Iterator[str]:
    for name in _NOT_MODELLED:
        if request.get(name):
            yield f"The embedded AWS does not model this: {name}"
    if not _NAME.fullmatch(str(request.get("jobName", ""))):
        yield "Job name should match valid pattern"
    if len(json.dumps(request, separators=(",", ":"))) > _LARGEST_PAYLOAD_BYTES:
        yield "Job payload size exceeds the limit of 30 KiB"
    queue = backend().get_job_queue(request["jobQueue"])
    if queue is None:
        yield f"Job queue {request['jobQueue']} does not exist"
    if not is_usable(queue):
        yield f"Job queue {request['jobQueue']} is not enabled and valid"
    definition = backend().get_job_definition(request["jobDefinition"])
    if definition is None:
        yield f"Job definition {request['jobDefinition']} does not exist"
    if definition.status != "ACTIVE":
        yield f"JobDefinition {definition.arn} is not ACTIVE"
    if len(request.get("tags") or {}) > 50:
        yield "A job has at most 50 tags"
    yield from find_limits(request)
    overrides = request.get("containerOverrides") or {}
    container = effective_container(definition.container_properties, overrides)
    platforms = definition.platform_capabilities or ["EC2"]
    yield from find_container_violation(container, platforms)
    yield from _dependencies(request)


def _dependencies(request: Mapping[str, Any]) -> Iterator[str]:
    wanted = request.get("dependsOn") or []
    if len(wanted) > _MOST_DEPENDENCIES:
        yield f"A job depends on at most {_MOST_DEPENDENCIES} jobs"
    for one in wanted:
        if "type" in one:
            yield "The embedded AWS does not model this: dependsOn.type"
        if one.get("jobId") not in backend()._jobs:
            yield f"Job {one.get('jobId')} in dependsOn does not exist"
