"""The tags by which a resource of any target says whose it is, and what is to become of it.

`retention/keep_until.py` has the one of what is kept.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from parris.job import Job

DEPLOYMENT_TAG = "parris:deployment"
EXECUTION_TAG = "parris:execution"
JOB_TAG = "parris:job"
ON_TERMINATION_TAG = "parris:on-termination"
SWEEP_TAG = "parris:sweep"


def owner_tags(job: Job) -> dict[str, str]:
    """Return the tags that everything carries that a target makes for a job."""
    tags = {
        DEPLOYMENT_TAG: job.deployment,
        EXECUTION_TAG: job.execution_arn,
        JOB_TAG: job.training_job_name,
        ON_TERMINATION_TAG: job.on_termination,
    }
    sweep_id = job.sweep_trial.partition("/")[0]
    return {**tags, SWEEP_TAG: sweep_id} if sweep_id else tags
