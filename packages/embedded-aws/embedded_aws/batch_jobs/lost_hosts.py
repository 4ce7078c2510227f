"""Faults that take away what the jobs of Batch run on.

Instances of Batch that are spot instances are interrupted like all others.
"""

from moto.ec2.models.instances import StateReason

from embedded_aws.batch_compute.fleet import fleet
from embedded_aws.batch_jobs.failures import SPOT_TASK_INTERRUPTED
from embedded_aws.batch_jobs.running import running_batch_jobs
from embedded_aws.context import current

_LOST = "Server.InternalError"


def lose_batch_hosts() -> None:
    """Make EC2 lose all instances of compute environments."""
    for host in fleet().hosts():
        host.instance.terminate()
        text = "Internal error on launch or while running"
        host.instance.state_reason = StateReason(f"{_LOST}: {text}", _LOST)


def interrupt_batch_jobs() -> None:
    """Interrupt the tasks on Fargate Spot."""
    running = running_batch_jobs(current())
    for job_id in fleet().jobs_on_fargate_spot():
        if job_id in running:
            running[job_id].control.lose(SPOT_TASK_INTERRUPTED)
