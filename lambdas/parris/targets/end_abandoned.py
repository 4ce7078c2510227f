"""Ends what jobs whose run is dead have left: saved first, as a living run would do it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from parris.targets.registry import all_targets
from parris.termination.ending import Ending, EndState, EndStep

if TYPE_CHECKING:
    from datetime import datetime

    from parris.aws.gateways import Gateways
    from parris.settings import Settings
    from parris.targets.target import Launched


def find_orphan(execution_arn: str, settings: Settings, aws: Gateways) -> Launched | None:
    """Return what an execution of which nothing else is known has left, None if nothing."""
    found = (target.find_launched(execution_arn) for target in all_targets(aws, settings))
    return next((one for one in found if one is not None), None)


def end_orphans(settings: Settings, aws: Gateways, now: datetime) -> tuple[str, ...]:
    """Set the next step of every orphan's end going, and return what of them is still there.

    Stopped instances that a person asked to keep, or whose results could not be verified, are kept
    and not among what is returned. What living runs have launched is: each ends its own.
    """
    left: list[str] = []
    for target in all_targets(aws, settings):
        for launched in target.all_launched():
            if aws.executions.is_alive(launched.job.execution_arn):
                left += launched.ids
                continue
            # As if it had been told to save: what is stopped is looked at before it is deleted.
            ending = Ending(now=now, launch_id=launched.launch_id, step=EndStep.SAVING)
            plan = target.plan_end(launched.job, ending)
            target.carry_out(launched.job, plan)
            seen = target.confirm_ended(launched.job, replace(ending, step=plan.step))
            if seen.state is not EndState.ENDED:
                left += seen.left
    return tuple(left)
