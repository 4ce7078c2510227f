"""The names of training jobs and of their roles.

A name is unique in an account and Region for ever, and cannot be used again, even after the job has
ended. So each attempt, and each offer that an attempt tries, has a name of its own.
"""

from __future__ import annotations

import hashlib
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from parris.job import Job

_LONGEST_START = 46
"""A name has at most 63 characters: these, a hyphen, and 16 digits.
Source: https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateTrainingJob.html"""

_ROLE_PREFIX, _LONGEST_START_OF_ROLE = "parris.", 40
"""A role's name has at most 64 characters, and may have a dot."""

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]{0,45}-[0-9a-f]{16}")


def training_job_name(job: Job) -> str:
    """Return the name of what the job's current attempt launches with its current offer."""
    return f"{name_start(job.training_job_name)}-{_digits(job.launch_request)}"


def run_name(job: Job) -> str:
    """Return the name that all attempts of a run share, for their checkpoints."""
    return f"{name_start(job.training_job_name)}-{_digits(job.execution_arn)}"


def role_name(job: Job) -> str:
    """Return the name of the role that is made for a run, which no training job can have."""
    start = name_start(job.training_job_name)[:_LONGEST_START_OF_ROLE]
    return f"{_ROLE_PREFIX}{start}-{_digits(job.execution_arn)}"


def is_role_name(text: str) -> bool:
    """Return whether Parris could have given a role this name."""
    return text.startswith(_ROLE_PREFIX) and is_name(text.removeprefix(_ROLE_PREFIX))


def name_start(training_job_name: str) -> str:
    """Return what the names of all training jobs of that job start with."""
    return training_job_name[:_LONGEST_START].strip("-") or "job"


def is_name(text: str) -> bool:
    """Return whether Parris could have given a training job this name."""
    return _NAME.fullmatch(text) is not None


def _digits(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]
