"""The names of jobs and of their job definitions.

A name begins with that of the job, and ends with digits from which a repeated launch finds what it
has made: those of a job stand for one launch, and those of a definition for the whole run.
"""

from __future__ import annotations

import hashlib
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from parris.job import Job

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,110}-[0-9a-f]{16}")
"""Batch takes at most 128 characters, and the name of a job has at most 100.
Source: https://docs.aws.amazon.com/batch/latest/APIReference/API_SubmitJob.html"""
_JOB_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_REVISION = re.compile(r"(.+):[0-9]+")


def batch_job_name(job: Job) -> str:
    """Return the name of what the job's current attempt submits with its current offer."""
    return f"{name_start(job.training_job_name)}-{_digits(job.launch_request)}"


def definition_name(job: Job) -> str:
    """Return the name of the job definition of a run."""
    return f"{name_start(job.training_job_name)}-{_digits(job.execution_arn)}"


def name_start(training_job_name: str) -> str:
    """Return what the names of all Batch jobs of that job start with: a letter or a digit first."""
    return training_job_name.lstrip("-") or "job"


def is_name(text: str) -> bool:
    """Return whether Parris could have given a job or a definition this name."""
    return _NAME.fullmatch(text) is not None


def is_job_id(text: str) -> bool:
    """Return whether Batch could have given a job this id."""
    return _JOB_ID.fullmatch(text) is not None


def is_definition_id(text: str) -> bool:
    """Return whether this is a revision of a job definition that Parris could have registered."""
    found = _REVISION.fullmatch(text)
    return found is not None and is_name(found[1])


def _digits(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def variable_of(parameter: str) -> str:
    """Return the environment variable of a parameter."""
    return f"PARRIS_PARAMETER_{parameter.upper().replace('-', '_')}"
