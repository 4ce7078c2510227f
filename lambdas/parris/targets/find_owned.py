"""Finds everything in a deployment that names a run as its owner, on any target."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from parris.recovery.reaper import HeldName, Owned
from parris.targets.inventory import find_resources
from parris.waits import Wait

if TYPE_CHECKING:
    from parris.aws.gateways import Gateways
    from parris.aws.job_item import JobItem
    from parris.resource import Resource
    from parris.settings import Settings


def find_owned(settings: Settings, aws: Gateways) -> dict[str, Owned]:
    """Return what each run owns. Runs with resources that may be billed come first."""
    # Names before resources: the machine of a sleeping run existed before the run fell asleep.
    items = aws.deployment_deletion.held_names()
    resources: dict[str, list[Resource]] = defaultdict(list)
    for resource in find_resources(settings, aws):
        if resource.owner_arn:
            resources[resource.owner_arn].append(resource)
    names = {item.execution_arn: _held(name, item) for name, item in items.items()}
    notes: dict[str, list[str]] = defaultdict(list)
    for machine_id, noted in aws.machines_table.all().items():
        notes[noted.execution_arn].append(machine_id)
    return {
        owner: Owned(tuple(resources.get(owner, ())), names.get(owner), tuple(notes.get(owner, ())))
        for owner in (*resources, *(one for one in (*names, *notes) if one not in resources))
    }


def _held(name: str, item: JobItem) -> HeldName:
    return HeldName(
        name,
        wait=None if item.waiting_for is None else Wait(item.waiting_for),
        is_called=item.is_stop_requested or item.superseded_by is not None,
        is_woken=item.is_woken,
        sleeps_until=item.sleeps_until,
        # A wake without a following check may be lost: the run is woken for it again.
        silent_since=None if item.is_woken else item.silent_since,
        silences=item.silences,
    )
