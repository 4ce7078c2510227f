"""The EventBridge event of each change of a training job."""

from embedded_aws.context import current
from embedded_aws.emit_event import emit_event
from embedded_aws.fault_injection.plan import faults
from embedded_aws.training_jobs.description import event_detail
from embedded_aws.training_jobs.job import TrainingJob


def report_change(job: TrainingJob) -> None:
    """Report a job's present statuses to EventBridge."""
    if faults().is_mute(
        job.name, job.status != "InProgress" or job.secondary_status == "Uploading"
    ):
        return
    detail = event_detail(job, current().clock.now())
    emit_event("aws.sagemaker", "SageMaker Training Job State Change", job.arn, detail)
