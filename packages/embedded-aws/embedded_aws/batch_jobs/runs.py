"""Starts and ends jobs."""

import uuid
from typing import Any

from embedded_aws.batch_compute.fleet import fleet
from embedded_aws.batch_container import BatchContainerDriver
from embedded_aws.batch_jobs import failures
from embedded_aws.batch_jobs.job import BatchJob
from embedded_aws.batch_jobs.overrides import effective_container
from embedded_aws.batch_jobs.run import JobRun
from embedded_aws.batch_jobs.running import running_batch_jobs
from embedded_aws.batch_jobs.store import backend
from embedded_aws.clock.real_clock import RealClock
from embedded_aws.context import Context, Worker, current
from embedded_aws.instances.state_changes import watch_states
from embedded_aws.local_task.driver import LOCAL_TASKS


def driver_of(context: Context) -> BatchContainerDriver:
    """Return the driver of this embedded AWS's Batch containers."""
    return context.settings.batch_containers or LOCAL_TASKS


def is_runnable(context: Context) -> bool:
    """Return whether containers can run: processes use the machine's clock, not a virtual one."""
    return not driver_of(context).runs_processes or isinstance(context.clock, RealClock)


def start_job(request: dict[str, Any], queue_arn: str, definition: dict[str, Any]) -> BatchJob:
    """Start a job, and return it.

    Args:
        request: the valid parameters of SubmitJob.
        queue_arn: its queue.
        definition: its job definition, as DescribeJobDefinitions shows it.
    """
    context = current()
    settings = context.settings
    job_id = str(uuid.uuid4())
    timeout = request.get("timeout") or definition.get("timeout") or {}
    job = BatchJob(
        request=request,
        job_id=job_id,
        arn=f"arn:aws:batch:{settings.region}:{settings.account_id}:job/{job_id}",
        queue_arn=queue_arn,
        definition=definition,
        container=effective_container(
            definition["containerProperties"], request.get("containerOverrides") or {}
        ),
        parameters={**(definition.get("parameters") or {}), **(request.get("parameters") or {})},
        retry_strategy={
            "attempts": 1,
            **(request.get("retryStrategy") or definition.get("retryStrategy") or {}),
        },
        timeout_seconds=timeout.get("attemptDurationSeconds"),
        created_at=context.clock.now(),
    )
    backend().tag_resource(job.arn, request.get("tags") or {})
    backend()._jobs[job_id] = job
    _start(context, job)
    return job


def _start(context: Context, job: BatchJob) -> None:
    run = JobRun(context, job, driver_of(context))
    running = running_batch_jobs(context)
    running[job.job_id] = run
    watch_states(context, _note_instance_state)

    def work() -> None:
        try:
            run.run()
        finally:
            running.pop(job.job_id, None)
            for other in list(running.values()):  # what depends on it
                other.control.wake()

    context.closers.callback(run.close)
    Worker(target=work, context=context, name=f"job {job.job_id}").start()


def _note_instance_state(instance_id: str, state: str) -> None:
    """End what runs on an instance that has ended."""
    if state not in ("shutting-down", "terminated", "stopping", "stopped"):
        return
    running = running_batch_jobs(current())
    for job_id in fleet().note_end(instance_id):
        run = running.get(job_id)
        if run is not None:
            run.control.lose(failures.host_gone(instance_id))
