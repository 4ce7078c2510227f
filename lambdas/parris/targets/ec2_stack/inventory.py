"""Everything of a deployment that names a run as its owner."""

from __future__ import annotations

from typing import TYPE_CHECKING

from parris.policy import MachineState
from parris.recovery.reaper import Belonging, Kind
from parris.targets.ec2_stack.observe import MACHINE_STATES

if TYPE_CHECKING:
    from parris.aws.gateways import Gateways
    from parris.settings import Settings


def find_belongings(settings: Settings, aws: Gateways) -> tuple[Belonging, ...]:
    """Return what there is, what is billed by the second first."""
    # Names before machines: the machine of a run that sleeps was there before it fell asleep.
    names = _names(aws)
    return (
        *_machines(settings.deployment, aws),
        *_stacks(settings.deployment, aws),
        *names,
        *_notes(aws),
    )


def _names(aws: Gateways) -> tuple[Belonging, ...]:
    return tuple(
        Belonging(
            item.execution_arn,
            Kind.JOB_NAME,
            name,
            is_asleep=item.task_token is not None,
            is_called=item.is_stop_wished or item.superseded_by is not None,
            # A wake that the run has not answered may be lost: it is woken for the same again.
            silent_since=None if item.is_woken else item.silent_since,
            silences=item.silences,
        )
        for name, item in aws.closing.held_names().items()
    )


def _notes(aws: Gateways) -> tuple[Belonging, ...]:
    return tuple(
        Belonging(item.execution_arn, Kind.MACHINE_NOTE, machine_id)
        for machine_id, item in aws.jobs_table.machines().items()
    )


def _machines(deployment: str, aws: Gateways) -> tuple[Belonging, ...]:
    instances = tuple(
        Belonging(
            one.execution_arn,
            Kind.INSTANCE,
            one.instance_id,
            is_over=MACHINE_STATES.get(one.state) is MachineState.OVER,
            unknown_state=None if one.state in MACHINE_STATES else one.state,
            keep_until=one.keep_until,
        )
        for one in aws.instances.of_deployment(deployment)
        if one.execution_arn and one.state != "terminated"
    )
    volumes = tuple(
        Belonging(one.execution_arn, Kind.VOLUME, one.volume_id, keep_until=one.keep_until)
        for one in aws.volumes.of_deployment(deployment)
        if one.execution_arn
    )
    return (*instances, *volumes)


def _stacks(deployment: str, aws: Gateways) -> tuple[Belonging, ...]:
    return tuple(
        Belonging(stack.tags["parris:execution"], Kind.STACK, stack.stack_id)
        for stack in aws.stacks.all_of(deployment)
        if "parris:execution" in stack.tags
    )
