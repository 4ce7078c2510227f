"""Starts and stops training jobs."""

from typing import Any

from embedded_aws.clock.real_clock import RealClock
from embedded_aws.context import Context, Worker, current
from embedded_aws.local_container.driver import LOCAL_CONTAINERS
from embedded_aws.training_container import TrainingContainerDriver
from embedded_aws.training_jobs.job import TrainingJob
from embedded_aws.training_jobs.run import TrainingRun
from embedded_aws.training_jobs.running import running_jobs
from embedded_aws.training_jobs.warm_pools import IN_USE, keep_alive_seconds, keep_instances

SPOT_BILLABLE_SHARE = 0.35
"""Of the time of a job on spot instances, this share is billed: AWS shows its discount as less
time. The share is invented, and that of the prices of spot instances here."""


def driver_of(context: Context) -> TrainingContainerDriver:
    """Return the driver of this embedded AWS's training containers."""
    return context.settings.training_containers or LOCAL_CONTAINERS


def is_runnable(context: Context) -> bool:
    """Return whether containers can run: processes use the machine's clock, not a virtual one."""
    return not driver_of(context).runs_processes or isinstance(context.clock, RealClock)


def start_job(request: dict[str, Any], arn: str, *, is_warm: bool) -> TrainingJob:
    """Start a job, and return it.

    Args:
        request: the valid parameters of CreateTrainingJob.
        arn: the job's ARN.
        is_warm: whether it reuses a warm pool.
    """
    context = current()
    tags = [dict(one) for one in request.get("Tags") or []]
    job = TrainingJob(request, arn, context.clock.now(), tags)
    if job.is_spot:
        job.billable_share = SPOT_BILLABLE_SHARE
    job.keep_alive_seconds = keep_alive_seconds(request)
    if job.keep_alive_seconds:
        job.warm_pool_status = IN_USE
    run = TrainingRun(context, job, driver_of(context), is_warm=is_warm)
    running = running_jobs(context)
    running[arn] = run

    def work() -> None:
        try:
            run.run()
        finally:
            running.pop(arn, None)
            if job.has_ended:
                keep_instances(context, job)

    context.closers.callback(run.close)
    Worker(target=work, context=context, name=f"training job {job.name}").start()
    return job


def stop_job(job: TrainingJob) -> None:
    """Stop a job as StopTrainingJob does; nothing happens to one that has ended."""
    run = running_jobs(current()).get(job.arn)
    if run is not None:
        run.stop()
