"""What the reasons mean that Batch and ECS give for the end of a job, or for its wait.

They are texts. Those with a code in capitals are documented for jobs that wait; the others are
those of job attempts and of ECS tasks.
Sources: https://docs.aws.amazon.com/batch/latest/userguide/job_stuck_in_runnable.html,
https://docs.aws.amazon.com/AmazonECS/latest/developerguide/stopped-task-error-codes.html
"""

from __future__ import annotations

import re
from enum import StrEnum

TERMINATED_BY_PARRIS = "Parris ended the job"
"""How the reason begins that Parris gives to Batch, which Batch shows then."""


class Failure(StrEnum):
    """Why a job waits or has ended."""

    CAPACITY = "capacity"
    MISCONFIGURATION = "misconfiguration"
    MACHINE_LOST = "machine-lost"
    INTERRUPTED = "interrupted"
    TIMEOUT = "timeout"
    OUT_OF_MEMORY = "out-of-memory"
    NOT_STARTED = "not-started"
    TERMINATED = "terminated"
    CONTAINER = "container"
    UNKNOWN = "unknown"


_FAILURES = (
    (r"CAPACITY:", Failure.CAPACITY),
    (r"MISCONFIGURATION:", Failure.MISCONFIGURATION),
    (r"OutOfMemory", Failure.OUT_OF_MEMORY),
    (r"Your Spot Task was interrupted|SpotInterruption", Failure.INTERRUPTED),
    (r"Host EC2 .*terminated|Container instance .*(?:terminat|deregist)", Failure.MACHINE_LOST),
    (r"Job attempt duration exceeded timeout", Failure.TIMEOUT),
    (rf"{TERMINATED_BY_PARRIS}|(?:Job )?[Tt]erminated", Failure.TERMINATED),
    (
        r"Task failed to start|CannotPull|CannotStart|CannotCreate|ResourceInitialization"
        r"|ContainerRuntime|TaskFailedToStart",
        Failure.NOT_STARTED,
    ),
    (r"Essential container in task exited", Failure.CONTAINER),
)
_PATTERNS = tuple((re.compile(pattern, re.IGNORECASE), found) for pattern, found in _FAILURES)


def failure_of(status_reason: str, container_reason: str = "") -> Failure:
    """Return what has happened. The reason of the container is the finer one."""
    for pattern, failure in _PATTERNS:
        if pattern.search(container_reason) or pattern.search(status_reason):
            return failure
    return Failure.UNKNOWN


def reason_text(status_reason: str, container_reason: str = "") -> str:
    """Return both reasons as one text, each once."""
    texts = (one.strip() for one in (status_reason, container_reason))
    return "; ".join(dict.fromkeys(one for one in texts if one))
