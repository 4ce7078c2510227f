"""Finds all resources of this target by their tags: instances, volumes and stacks."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Protocol, TypeVar

from parris.ec2.instance_states import MACHINE_STATES
from parris.policy import MachineState
from parris.targets.ec2_stack.describe import INSTANCE, STACK, VOLUME, described
from parris.targets.owner import with_owner

if TYPE_CHECKING:
    from parris.resource import Resource, Search
    from parris.settings import Settings
    from parris.targets.ec2_stack.aws.gateways import Ec2Gateways
    from parris.targets.ec2_stack.aws.instances import Instance
    from parris.targets.ec2_stack.aws.stacks import Stack
    from parris.targets.ec2_stack.aws.volumes import Volume

T = TypeVar("T", covariant=True)


class _Gateway(Protocol[T]):
    """Finds one kind of resource by its tags."""

    def of_deployment(self, deployment: str) -> tuple[T, ...]:
        """Return the resources of a deployment."""

    def all_of(self, execution_arn: str) -> tuple[T, ...]:
        """Return the resources of an execution."""


def searches(aws: Ec2Gateways, settings: Settings) -> tuple[Search, ...]:
    """Return one search for each kind. Instances, which are billed by the second, come first."""
    deployment, region = settings.deployment, settings.region

    def found(gateway: _Gateway[T], execution_arn: str | None) -> tuple[T, ...]:
        if execution_arn is None:
            return gateway.of_deployment(deployment)
        return gateway.all_of(execution_arn)

    def instances(execution_arn: str | None) -> tuple[Resource, ...]:
        seen = found(aws.instances, execution_arn)
        return tuple(_instance(one, region) for one in seen if one.state != "terminated")

    def volumes(execution_arn: str | None) -> tuple[Resource, ...]:
        seen = found(aws.volumes, execution_arn)
        return tuple(_volume(one, region) for one in seen if one.state != "deleted")

    def stacks(execution_arn: str | None) -> tuple[Resource, ...]:
        seen = found(aws.stacks, execution_arn)
        return tuple(_stack(one, region) for one in seen if one.status != "DELETE_COMPLETE")

    return instances, volumes, stacks


def _instance(found: Instance, region: str) -> Resource:
    return dataclasses.replace(
        described(found.instance_id, INSTANCE, region),
        state=found.state,
        owner_arn=found.execution_arn,
        training_job_name=found.training_job_name,
        on_termination=found.on_termination,
        keep_until=found.keep_until,
        is_over=MACHINE_STATES.get(found.state) is MachineState.OVER,
        is_state_known=found.state in MACHINE_STATES,
        is_billed=found.state != "stopped",
    )


def _volume(found: Volume, region: str) -> Resource:
    return dataclasses.replace(
        described(found.volume_id, VOLUME, region),
        state=found.state,
        owner_arn=found.execution_arn,
        training_job_name=found.training_job_name,
        keep_until=found.keep_until,
        is_in_use=not found.is_loose,
    )


def _stack(found: Stack, region: str) -> Resource:
    return dataclasses.replace(
        with_owner(described(found.stack_id, STACK, region), found.tags), state=found.status
    )
