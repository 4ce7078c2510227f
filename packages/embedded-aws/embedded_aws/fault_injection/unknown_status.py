"""Responses that contain a status: of a stack, an instance, a volume, an execution or a job."""

import re
from collections.abc import Iterable
from typing import Any

from embedded_aws.permissions.gate import Application

UNKNOWN = "NOT_YET_INVENTED"
_STATUSES = {
    "DescribeStacks": rb"(<StackStatus>)[^<]*",
    "ListStacks": rb"(<StackStatus>)[^<]*",
    "DescribeInstances": rb"(<instanceState>\s*<code>\d+</code>\s*<name>)[^<]*",
    "StopInstances": rb"(<currentState>\s*<code>\d+</code>\s*<name>)[^<]*",
    "TerminateInstances": rb"(<currentState>\s*<code>\d+</code>\s*<name>)[^<]*",
    "DescribeVolumes": rb"(</createTime>\s*<status>|<size>\d+</size>.*?<status>)[^<]*",
    "DescribeTrainingJob": rb'("TrainingJobStatus"\s*:\s*")[^"]*',
    **dict.fromkeys(("DescribeJobs", "ListJobs"), rb'("status"\s*:\s*")[^"]*'),
    "DescribeExecution": rb'("status"\s*:\s*")[^"]*',
}


def has_status(operation: str) -> bool:
    """Return whether the response of an operation contains a status that this file handles."""
    return operation in _STATUSES


def with_unknown_status(
    operation: str, application: Application, environ: dict[str, Any], start_response: Any
) -> Iterable[bytes]:
    """Respond to a call, with unknown values wherever the response has a status."""
    began: list[Any] = []
    body = b"".join(application(environ, lambda *line: began.extend(line)))
    changed = re.sub(_STATUSES[operation], rb"\g<1>" + UNKNOWN.encode(), body, flags=re.DOTALL)
    status, headers = began[0], [(name, value) for name, value in began[1]]
    others = [pair for pair in headers if pair[0].lower() != "content-length"]
    start_response(status, [*others, ("Content-Length", str(len(changed)))])
    return [changed]
