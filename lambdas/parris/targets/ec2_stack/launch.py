"""Launches a job's stack, watches the launch, and removes the stack if the launch fails."""

from __future__ import annotations

from typing import TYPE_CHECKING

from parris.ec2.instance_states import MACHINE_STATES, SELF_SHUTDOWN
from parris.errors import ResourceExistsError
from parris.policy import MachineState
from parris.tags import DEPLOYMENT_TAG, EXECUTION_TAG
from parris.targets.ec2_stack.default_images import default_image_alias, is_amazon_linux
from parris.targets.ec2_stack.job_role import (
    CAPABILITIES,
    ROLE_TEMPLATE,
    has_own_role,
    role_parameters,
    with_own_role,
)
from parris.targets.ec2_stack.launch_failures import launch_error
from parris.targets.ec2_stack.observe import ObservedStack
from parris.targets.ec2_stack.spec import spec_of
from parris.targets.ec2_stack.spot_bill import carry_in_zone
from parris.targets.ec2_stack.stack_parameters import stack_parameters, stack_tags
from parris.targets.ec2_stack.stack_status import StackPhase, phase_of
from parris.targets.target import LaunchObservation

if TYPE_CHECKING:
    from datetime import datetime

    from parris.job import Job
    from parris.targets.ec2_stack.aws.gateways import Ec2Gateways
    from parris.targets.ec2_stack.aws.stacks import Stack
    from parris.targets.ec2_stack.settings import Ec2StackSettings
    from parris.targets.ec2_stack.spec import Ec2StackSpec

_TEMPLATE = "ec2-stack/training-stack.yaml"


class StackLauncher:
    """Creates the stacks of jobs. It never touches a stack of someone else."""

    def __init__(self, aws: Ec2Gateways, settings: Ec2StackSettings) -> None:
        self._aws = aws
        self._settings = settings

    def launch(self, job: Job, now: datetime) -> str | None:
        """Start to create the stack. Its machine gets its files once its instance id is known.

        Raises:
            ConfigInvalidError: if the script or the template changed after validation.
            ResourceExistsError: if a stack of this name exists that this execution did not create
                and may not replace.
        """
        existing = self._aws.stacks.find(job.launch_name)
        if existing is not None:
            return self._own_or_replaced(job, existing)
        template = self._template_of(job)
        # The script is read again for the machine. This early check avoids a useless launch.
        self._aws.user_files.read(job.required_script)
        if job.code is not None:
            self._aws.code_archives.require(job.code)
        try:
            return self._aws.stacks.create(
                name=job.launch_name,
                template=template,
                parameters=self._declared_of(job, template, now),
                tags=stack_tags(job, now),
                role_arn=self._settings.stack_role_arn,
                request=job.launch_request,
                capabilities=CAPABILITIES if has_own_role(job, self._settings) else (),
            )
        except ResourceExistsError:
            # An earlier attempt may have succeeded although its response was lost.
            existing = self._aws.stacks.find(job.launch_name)
            if existing is None:
                raise
            return self._own_or_replaced(job, existing)

    def clear_failed_launch(self, job: Job, launch_id: str) -> bool:
        """Delete the failed stack, on which nothing was trained, and return whether it is gone."""
        stack = ObservedStack(self._aws, job).own_stack(launch_id)
        if stack is None or phase_of(stack.status) is StackPhase.GONE:
            return True
        if phase_of(stack.status) is not StackPhase.DELETING:
            self._delete(stack)
        return False

    def watch_launch(self, job: Job, launch_id: str, now: datetime) -> LaunchObservation:
        """Check the stack and, as soon as it exists, its instance."""
        stack = self._aws.stacks.find(launch_id)
        if stack is None:
            raise launch_error(job.launch_name, "gone", ())
        phase = phase_of(stack.status)
        if phase not in (StackPhase.CREATING, StackPhase.READY):
            reasons = self._aws.stacks.failures_of(launch_id)
            raise launch_error(job.launch_name, stack.status, reasons)
        ids = self._aws.stacks.instance_ids_of(launch_id)
        instance = self._aws.instances.find(ids[0]) if ids else None
        # An unknown state is reported by PollTerminationCondition.
        state = MACHINE_STATES.get(instance.state) if instance else None
        return LaunchObservation(
            is_complete=phase is StackPhase.READY and instance is not None,
            machine_id=ids[0] if ids else None,
            launched_at=instance.launched_at if instance else None,
            carry=carry_in_zone(instance.zone) if instance and instance.is_spot else {},
            identity=instance.profile_name if instance else "",
            is_pending=state is MachineState.STARTING,
            is_over=state in (MachineState.ENDING, MachineState.OVER),
            did_shut_itself_down=instance is not None and instance.state_reason == SELF_SHUTDOWN,
        )

    def _template_of(self, job: Job) -> str:
        template_file = spec_of(job).template
        if template_file is not None:
            return self._aws.user_files.read(template_file).decode()
        folder = self._settings.layers_root
        template = (folder / _TEMPLATE).read_text()
        if not has_own_role(job, self._settings):
            return template
        return with_own_role(template, (folder / ROLE_TEMPLATE).read_text())

    def _declared_of(self, job: Job, template: str, now: datetime) -> dict[str, str]:
        """Return the stack's parameters. A user's own template gets those that it declares."""
        parameters = stack_parameters(job, self._settings, now)
        spec = spec_of(job)
        root_device_name = spec.root_device_name or self._root_device_name(spec)
        if root_device_name:
            parameters["RootDeviceName"] = root_device_name
        if has_own_role(job, self._settings):
            parameters |= role_parameters(job, self._settings)
        if spec.template is None:
            return parameters
        declared = self._aws.stacks.summarise(template).parameters
        return {name: value for name, value in parameters.items() if name in declared}

    def _root_device_name(self, spec: Ec2StackSpec) -> str:
        """Return the root device of an image that the validation did not look at, if it is known.

        A user's own template may choose its image itself, or leave it to the default.
        """
        ami = spec.ami or default_image_alias(spec.instance_type)
        image = None if is_amazon_linux(ami) else self._aws.images.find(ami)
        return "" if image is None else image.root_device_name

    def _own_or_replaced(self, job: Job, stack: Stack) -> str | None:
        owner = stack.tags.get(EXECUTION_TAG)
        if owner == job.execution_arn:
            return stack.stack_id
        is_ours = stack.tags.get(DEPLOYMENT_TAG) == job.deployment
        if job.replaces_another and is_ours and owner is not None:
            # The owner is still ending: it saves, and deletes its stack or leaves it to this run.
            is_deleting = phase_of(stack.status) is StackPhase.DELETING
            if not is_deleting and not self._aws.executions.is_alive(owner):
                self._delete(stack)
            return None
        raise ResourceExistsError(
            f"a stack {job.launch_name} exists ({stack.status}) that this run did not create; it"
            f" was not touched. Delete it (aws cloudformation delete-stack --stack-name"
            f" {job.launch_name}) or choose another training-job-name"
        )

    def _delete(self, stack: Stack) -> None:
        self._aws.stacks.delete(stack.stack_id, self._settings.stack_role_arn)
