"""Ends the stacks of jobs whose run is dead: saved first, as a living run would do it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from parris.ending import EndState, EndStep
from parris.targets.end_stack import StackEnder
from parris.targets.job_of_stack import job_of_stack

if TYPE_CHECKING:
    from parris.aws.gateways import Gateways
    from parris.settings import Settings


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
        job = job_of_stack(stack, owner, settings)
        # As if it had been told to save: what is stopped is looked at before it is deleted.
        step = ender.end(job, stack.stack_id, EndStep.SAVING)
        seen = ender.confirm_ended(job, stack.stack_id, step)
        if seen.state is not EndState.ENDED:
            left += seen.left
    return tuple(left)
