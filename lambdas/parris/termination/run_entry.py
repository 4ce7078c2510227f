"""What the run index says of a run: enough to list runs without reading their records."""

from __future__ import annotations

from typing import TYPE_CHECKING

from parris.payloads import Payload, maybe_text_in

if TYPE_CHECKING:
    from parris.job import Job

UNKNOWN_OWNER = "unknown"
# DynamoDB takes 2,048 bytes as the key of an index.
_LONGEST_OWNER = 256

_OF_THE_OUTCOME = (
    "reason",
    "error",
    "started_at",
    "ended_at",
    "runtime_seconds",
    "estimated_cost_usd",
    "exit_status",
    "keep_until",
    "metrics",
    "record_uri",
    "results_uri",
)


def run_entry(job: Job, outcome: Payload) -> Payload:
    """Return the entry of a run, as docs/run-record.md describes it.

    Two parts never change once they are known, since the index sorts by them: who started the run,
    and when it was submitted. Of a run that Step Functions has forgotten both are guessed.

    Args:
        job: the job; of a forgotten run only what its resources' tags say.
        outcome: as it is recorded.
    """
    guessed_at = maybe_text_in(outcome, "started_at") or maybe_text_in(outcome, "ended_at")
    return {
        "job_id": job.job_id,
        "execution_arn": job.execution_arn,
        "owner": job.started_by[:_LONGEST_OWNER] or UNKNOWN_OWNER,
        "submitted_at": job.submitted_at or guessed_at or "",
        "is_guessed": not job.submitted_at,
        "training_job_name": job.training_job_name,
        "target": job.target,
        "title": job.title,
        "time_limit_seconds": job.limits.whole_time_limit_seconds,
        "cost_limit_usd": job.limits.whole_cost_limit_usd,
        "clock_time": job.limits.clock_time or None,
        **{key: outcome.get(key) for key in _OF_THE_OUTCOME},
    }
