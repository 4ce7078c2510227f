"""What the FailureReason of a training job means: whose fault it was, and the exit status in it.

SageMaker puts the kind first: `AlgorithmError: ...` for the container, with the beginning of
`/opt/ml/output/failure`; `ClientError: ...` for what the request names; `CapacityError: ...` and
`InternalServerError: ...` for AWS.
Source: https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_DescribeTrainingJob.html
"""

from __future__ import annotations

import re

_CAPACITY = re.compile(r"CapacityError|insufficient.{0,20}capacity|provision requested", re.I)
_OF_AWS = re.compile(r"\s*InternalServerError|\s*InternalError|\s*We encountered an internal", re.I)
_OF_SCRIPT = re.compile(r"\s*AlgorithmError", re.I)
_EXIT_STATUS = re.compile(r"exit ?code:?\s*(\d{1,3})", re.IGNORECASE)


def is_of_capacity(failure_reason: str) -> bool:
    """Return whether AWS had no instances for the job."""
    return _CAPACITY.search(failure_reason) is not None


def is_of_aws(failure_reason: str) -> bool:
    """Return whether AWS failed, so that the job's own files and config are no reason."""
    return _OF_AWS.match(failure_reason) is not None


def is_of_script(failure_reason: str) -> bool:
    """Return whether the container failed."""
    return _OF_SCRIPT.match(failure_reason) is not None


def exit_status_in(failure_reason: str) -> int | None:
    """Return the exit status of the container, or None if the reason does not have it."""
    found = _EXIT_STATUS.search(failure_reason)
    return None if found is None else int(found[1])
