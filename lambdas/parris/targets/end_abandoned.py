"""Ends what jobs whose run is dead have left: saved first, as a living run would do it."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from typing import TYPE_CHECKING

from parris.recovery.unknown_job import unknown_job
from parris.targets.inventory import find_resources, find_resources_of
from parris.targets.registry import choose_target
from parris.termination.ending import Ending, EndState, EndStep

if TYPE_CHECKING:
    from datetime import datetime

    from parris.aws.gateways import Gateways
    from parris.job import Job
    from parris.resource import Resource
    from parris.settings import Settings


def find_abandoned_job(execution_arn: str, settings: Settings, aws: Gateways) -> Job | None:
    """Return the job of an execution of which only resources are left, None if none are."""
    owned = find_resources_of(execution_arn, settings, aws)
    return unknown_job(owned, settings.deployment, settings.training_bucket) if owned else None


def end_abandoned(settings: Settings, aws: Gateways, now: datetime) -> tuple[str, ...]:
    """Set the next step of the end of every abandoned job going; return what is still there.

    That is what living runs own, since each ends its own, and what nobody owns and must not outlive
    the deployment. What a person asked to keep, or whose results could not be verified, is not.
    """
    owners: dict[str, list[Resource]] = defaultdict(list)
    for resource in find_resources(settings, aws):
        owners[resource.owner_arn].append(resource)
    # Whose a resource without an owner is, nobody knows: it is not ours to end.
    left = [one.resource_id for one in owners.pop("", ()) if one.is_left_behind]
    for execution_arn, owned in owners.items():
        if aws.executions.is_alive(execution_arn):
            left += [one.resource_id for one in owned]
            continue
        job = unknown_job(owned, settings.deployment, settings.training_bucket)
        target = choose_target(job.target, aws, settings)
        # As if it had been told to save: what is stopped is looked at before it is deleted.
        ending = Ending(now=now, step=EndStep.SAVING)
        plan = target.plan_end(job, ending)
        target.carry_out(job, plan)
        seen = target.confirm_ended(job, replace(ending, step=plan.step))
        if seen.state is not EndState.ENDED:
            left += seen.left
    return tuple(left)
