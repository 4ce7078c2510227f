"""The EventBridge events of jobs: each change of a status, and a blocked queue."""

from embedded_aws.batch_jobs.description import describe
from embedded_aws.batch_jobs.job import BatchJob
from embedded_aws.batch_jobs.store import tags_of
from embedded_aws.emit_event import emit_event
from embedded_aws.fault_injection.plan import faults

_SOURCE = "aws.batch"


def report_change(job: BatchJob) -> None:
    """Report a job's present status to EventBridge."""
    if faults().is_mute(job.job_id, job.has_ended):
        return
    detail = describe(job, tags_of(job.arn))
    emit_event(_SOURCE, "Batch Job State Change", job.arn, detail)


def report_blocked(job: BatchJob) -> None:
    """Report that a job at the head of its queue cannot run."""
    detail = describe(job, tags_of(job.arn))
    emit_event(_SOURCE, "Batch Job Queue Blocked", job.arn, detail)
