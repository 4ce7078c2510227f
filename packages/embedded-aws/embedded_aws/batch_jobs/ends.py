"""Ends jobs on request. Nothing happens to one that has ended, or that Batch does not know."""

from embedded_aws.batch_jobs.running import RunningControl, running_batch_jobs
from embedded_aws.context import current


def terminate_job(identifier: str, reason: str) -> None:
    """End a job in any state: see `JobControl.terminate`."""
    control = _control_of(identifier)
    if control is not None:
        control.terminate(reason)


def cancel_job(identifier: str, reason: str) -> None:
    """End a job that has not started: see `JobControl.cancel`."""
    control = _control_of(identifier)
    if control is not None:
        control.cancel(reason)


def _control_of(identifier: str) -> RunningControl | None:
    run = running_batch_jobs(current()).get(identifier.rpartition("/")[2])
    return None if run is None else run.control
