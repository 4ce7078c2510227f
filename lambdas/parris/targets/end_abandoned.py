"""Ends the resources of abandoned runs. As in a normal end, results are saved first."""

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
    """Return the job of an execution that has left only resources, or None if there are none."""
    owned = find_resources_of(execution_arn, settings, aws)
    return unknown_job(owned, settings.deployment, settings.training_bucket) if owned else None


def end_abandoned(settings: Settings, aws: Gateways, now: datetime) -> tuple[str, ...]:
    """Start the next step of the end of all abandoned jobs, and return what still exists.

    The result includes the resources of living runs, which end them themselves, and resources
    without an owner that have to end with the deployment. It does not include kept resources.
    """
    owners: dict[str, list[Resource]] = defaultdict(list)
    for resource in find_resources(settings, aws):
        owners[resource.owner_arn].append(resource)
    # A resource without an owner tag may not be Parris's, so it is not ended.
    left = [one.resource_id for one in owners.pop("", ()) if one.is_left_behind]
    for execution_arn, owned in owners.items():
        if aws.executions.is_alive(execution_arn):
            left += [one.resource_id for one in owned]
            continue
        job = unknown_job(owned, settings.deployment, settings.training_bucket)
        target = choose_target(job.target, aws, settings)
        # As if it had been saving: the stopped machine is checked before it is deleted.
        ending = Ending(now=now, step=EndStep.SAVING)
        plan = target.plan_end(job, ending)
        target.carry_out(job, plan)
        seen = target.confirm_ended(job, replace(ending, step=plan.step))
        if seen.state is not EndState.ENDED:
            left += seen.left
    return tuple(left)
