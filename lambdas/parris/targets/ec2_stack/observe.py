"""Observes a job's stack, its instances and its volumes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from parris.errors import NotOursError
from parris.tags import DEPLOYMENT_TAG, EXECUTION_TAG
from parris.timestamps import parse_timestamp

if TYPE_CHECKING:
    from parris.job import Job
    from parris.targets.ec2_stack.aws.gateways import Ec2Gateways
    from parris.targets.ec2_stack.aws.instances import Instance
    from parris.targets.ec2_stack.aws.stacks import Stack
    from parris.targets.ec2_stack.aws.volumes import Volume


class ObservedStack:
    """Observes the stack of a job's current attempt. It only reads.

    The instances of earlier attempts, which EC2 still lists for a while, are left out, and so are
    the volumes that those have kept, unless their retention has ended.
    """

    def __init__(self, aws: Ec2Gateways, job: Job, *, is_keep_expired: bool = False) -> None:
        self._aws = aws
        self._job = job
        self._is_keep_expired = is_keep_expired

    def own_stack(self, launch_id: str | None) -> Stack | None:
        """Return the stack that this execution created, or None if it created none.

        Raises:
            NotOursError: if the stack with this id does not have this execution's tag.
        """
        stack = self._aws.stacks.find(launch_id or self._job.launch_name)
        if stack is None or self._is_own(stack):
            return stack
        if launch_id is None:
            return None
        raise NotOursError(
            f"{stack.stack_id} does not carry the tags of {self._job.execution_arn}"
            f" and of the deployment {self._job.deployment}"
        )

    def _is_own(self, stack: Stack) -> bool:
        return (
            stack.tags.get(EXECUTION_TAG) == self._job.execution_arn
            and stack.tags.get(DEPLOYMENT_TAG) == self._job.deployment
        )

    def instance(self) -> Instance | None:
        """Return the attempt's instance, or None if none was launched or it is terminated."""
        own = [one for one in self.instances() if one.deployment == self._job.deployment]
        return next((one for one in own if one.state != "terminated"), None)

    def instances(self) -> tuple[Instance, ...]:
        """Return the instances with the execution's tag, including ended ones."""
        found, since = self._aws.instances.all_of(self._job.execution_arn), self._job.not_before
        if not since:
            return found
        return tuple(one for one in found if one.launched_at >= parse_timestamp(since))

    def volumes(self) -> tuple[Volume, ...]:
        """Return the volumes with the execution's tag."""
        found = self._aws.volumes.all_of(self._job.execution_arn)
        kept = frozenset() if self._is_keep_expired else self._job.kept_before
        return tuple(one for one in found if one.volume_id not in kept)

    def own_volumes(self) -> tuple[Volume, ...]:
        """Return the volumes with the execution's and the deployment's tags."""
        return tuple(one for one in self.volumes() if one.deployment == self._job.deployment)
