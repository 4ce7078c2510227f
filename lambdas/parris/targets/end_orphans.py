"""Ends the stacks of jobs whose run is dead: saved first, as a living run would do it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from parris.ending import EndState, EndStep
from parris.job import ON_DEMAND, Job, Limits, Machine, UserFile
from parris.targets.end_stack import StackEnder

if TYPE_CHECKING:
    from parris.aws.gateways import Gateways
    from parris.aws.stacks import Stack
    from parris.settings import Settings

_UNKNOWN_FILE = UserFile(filename="", source="", sha256="")


def end_orphans(settings: Settings, aws: Gateways) -> tuple[str, ...]:
    """Set the next step of every orphan's end going, and return what of them is still there.

    Stopped instances that a person asked to keep, or whose results could not be verified, are kept
    and not among what is returned. Stacks of living runs are: each ends its own.
    """
    ender, left = StackEnder(aws, settings), []
    for stack in aws.stacks.all_of(settings.deployment):
        owner = stack.tags.get("parris:execution")
        if owner is None:
            continue
        if aws.executions.is_alive(owner):
            left.append(stack.stack_id)
            continue
        job = _job_of(stack, owner, settings)
        # As if it had been told to save: what is stopped is looked at before it is deleted.
        step = ender.end(job, stack.stack_id, EndStep.SAVING)
        seen = ender.confirm_ended(job, stack.stack_id, step)
        if seen.state is not EndState.ENDED:
            left += seen.left
    return tuple(left)


def _job_of(stack: Stack, execution_arn: str, settings: Settings) -> Job:
    """Return what is known of a job by its stack alone: enough to end it."""
    return Job(
        job_id=execution_arn.rpartition(":")[2],
        execution_arn=execution_arn,
        started_by="unknown",
        submitted_at="",
        training_job_name=stack.tags.get("parris:job", ""),
        deployment=settings.deployment,
        bucket=settings.training_bucket,
        target="ec2-stack",
        methods=(),
        on_termination=stack.tags.get("parris:on-termination", "delete-stack"),
        script=_UNKNOWN_FILE,
        limits=Limits(None, None, None, save_grace_seconds=0),
        machine=Machine("", "", "", "", "", "", volume_size_gib=0),
        rate=None,
        config={},
        purchase_option=stack.tags.get("parris:purchase-option", ON_DEMAND),
    )
