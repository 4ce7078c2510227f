"""The target `ec2-stack`: one EC2 instance in a CloudFormation stack of its own."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from parris.ending import EndSighting, EndState, EndStep
from parris.errors import NotOursError, StackExistsError
from parris.exit_report import ExitReport
from parris.launch_failures import launch_error
from parris.policy import MachineState, Sighting
from parris.stack_status import StackPhase, phase_of
from parris.targets.check_image import find_image_faults
from parris.targets.check_role import find_role_faults
from parris.targets.check_template import find_template_faults
from parris.targets.machine_files import machine_files
from parris.targets.stack_parameters import stack_parameters, stack_tags
from parris.targets.target import LaunchSighting
from parris.transition_reason import moment_of_transition

if TYPE_CHECKING:
    from datetime import datetime

    from parris.aws.gateways import Gateways
    from parris.aws.instances import Instance
    from parris.aws.stacks import Stack
    from parris.faults import Fault
    from parris.job import Job
    from parris.payloads import Payload
    from parris.settings import Settings

_TEMPLATE = "training-stack.yaml"
_MACHINE_STATES = {
    "pending": MachineState.STARTING,
    "running": MachineState.RUNNING,
    "stopping": MachineState.ENDING,
    "shutting-down": MachineState.ENDING,
    "stopped": MachineState.OVER,
    "terminated": MachineState.OVER,
}
_SELF_SHUTDOWN = "Client.InstanceInitiatedShutdown"
_ALIVE = (MachineState.STARTING, MachineState.RUNNING)


class Ec2Stack:
    """Jobs on an instance of their own."""

    def __init__(self, aws: Gateways, settings: Settings) -> None:
        self._aws = aws
        self._settings = settings

    def find_faults(self, config: Payload, template: bytes | None) -> list[Fault]:
        """Look at the role, the image and the template that the config names."""
        faults = find_role_faults(config, self._settings.allowed_role_names, self._aws.profiles)
        faults += find_image_faults(config, self._aws.images)
        if template is not None:
            faults += find_template_faults(config, template, self._aws.stacks)
        return faults

    def launch(self, job: Job, now: datetime) -> str | None:
        """Put the machine's files into the job's folder, then start to create the stack.

        Raises:
            StackExistsError: when a stack of this name exists that this execution did not make and
                may not replace.
        """
        existing = self._aws.stacks.find(job.stack_name)
        if existing is not None:
            return self._own_or_replaced(job, existing)
        template = self._template_of(job)
        for key, body in machine_files(job, self._settings, self._aws.user_files).items():
            self._aws.bucket.write(key, body)
        try:
            return self._aws.stacks.create(
                name=job.stack_name,
                template=template,
                parameters=self._declared_of(job, template, now),
                tags=stack_tags(job, now),
                role_arn=self._settings.stack_role_arn,
                request=f"{job.execution_arn} {job.attempt}",
            )
        except StackExistsError:
            # A first try may have taken effect although its answer was lost.
            existing = self._aws.stacks.find(job.stack_name)
            if existing is None:
                raise
            return self._own_or_replaced(job, existing)

    def _template_of(self, job: Job) -> str:
        if job.template is None:
            return (self._settings.layers_root / _TEMPLATE).read_text()
        return self._aws.user_files.read(job.template).decode()

    def _declared_of(self, job: Job, template: str, now: datetime) -> dict[str, str]:
        """Return our parameters; of a person's own template those that it declares."""
        parameters = stack_parameters(job, self._settings, now)
        image = self._aws.images.find(job.machine.ami) if job.machine.ami else None
        if image is not None:
            parameters["RootDeviceName"] = image.root_device_name
        if job.template is None:
            return parameters
        declared = self._aws.stacks.summarise(template).parameters
        return {name: value for name, value in parameters.items() if name in declared}

    def clear_failed_launch(self, job: Job, launch_id: str) -> bool:
        """Delete the failed stack, which nobody trained on, and return whether it is gone."""
        stack = self._own_stack(job, launch_id)
        if stack is None or phase_of(stack.status) is StackPhase.GONE:
            return True
        if phase_of(stack.status) is not StackPhase.DELETING:
            self._delete(stack)
        return False

    def watch_launch(self, job: Job, launch_id: str) -> LaunchSighting:
        """Look at the stack and, as soon as there is one, at its instance."""
        stack = self._aws.stacks.find(launch_id)
        if stack is None:
            raise launch_error(job.stack_name, "gone", ())
        phase = phase_of(stack.status)
        if phase not in (StackPhase.CREATING, StackPhase.READY):
            reasons = self._aws.stacks.failures_of(launch_id)
            raise launch_error(job.stack_name, stack.status, reasons)
        ids = self._aws.stacks.instance_ids_of(launch_id)
        instance = self._aws.instances.find(ids[0]) if ids else None
        return LaunchSighting(
            is_complete=phase is StackPhase.READY and instance is not None,
            machine_id=ids[0] if ids else None,
            launched_at=instance.launched_at if instance else None,
        )

    def observe(
        self, job: Job, machine_id: str, launched_at: datetime, reported_state: str | None
    ) -> Sighting:
        """Look at the instance, then at what its runner wrote.

        In that order: a runner that finishes in between is believed. So is an event that says more
        than EC2's answer, which may lag behind it.
        """
        instance = self._aws.instances.find(machine_id)
        states = ["terminated" if instance is None else instance.state, reported_state]
        return Sighting(
            machine=max(
                (_MACHINE_STATES[state] for state in states if state is not None),
                key=list(MachineState).index,
            ),
            launched_at=launched_at,
            exit=self._exit_report(job),
            did_shut_itself_down=_did_shut_itself_down(instance),
        )

    def end(self, job: Job, launch_id: str | None, last_step: EndStep | None) -> EndStep:
        """Stop the instance so that it saves, verify, then delete the stack; or stop only."""
        stack = self._own_stack(job, launch_id)
        if stack is None or phase_of(stack.status) is StackPhase.GONE:
            return EndStep.DELETING if launch_id else EndStep.NOTHING_TO_END
        instance = self._instance_of(job)
        state = MachineState.OVER if instance is None else _MACHINE_STATES[instance.state]
        is_done = self._exit_report(job) is not None
        keeps_instance = job.on_termination == "stop-instance"
        if instance is not None and state in _ALIVE and (keeps_instance or not is_done):
            self._aws.instances.stop(instance.instance_id)
            return EndStep.STOPPING if keeps_instance else EndStep.SAVING
        if state is MachineState.ENDING and last_step is not EndStep.DELETING:
            return EndStep.STOPPING if keeps_instance else EndStep.SAVING
        if keeps_instance and phase_of(stack.status) is StackPhase.READY:
            return EndStep.STOPPING
        if last_step is EndStep.SAVING and self._holds_unsaved_results(job, instance):
            return EndStep.KEPT
        self._delete(stack)
        return EndStep.DELETING

    def confirm_ended(self, job: Job, launch_id: str | None, step: EndStep) -> EndSighting:
        """Look at the stack, and by tag at the instances and volumes that may outlive it."""
        stack = self._own_stack(job, launch_id)
        phase = StackPhase.GONE if stack is None else phase_of(stack.status)
        instances = self._aws.instances.all_of(job.execution_arn)
        states = {one.instance_id: _MACHINE_STATES[one.state] for one in instances}
        volumes = self._aws.instances.volume_ids_of(job.execution_arn)
        left = (
            *((stack.stack_id,) if stack is not None and phase is not StackPhase.GONE else ()),
            *(one.instance_id for one in instances if one.state != "terminated"),
            *volumes,
        )
        first = min(instances, key=lambda one: one.launched_at, default=None)
        return EndSighting(
            state=_end_state(step, phase, set(states.values()), is_all_gone=not left),
            stack_status="DELETE_COMPLETE" if stack is None else stack.status,
            left=left,
            launched_at=first.launched_at if first else None,
            machine_ended_at=moment_of_transition(first.transition_reason) if first else None,
            exit=self._exit_report(job),
        )

    def _delete(self, stack: Stack) -> None:
        self._aws.stacks.delete(stack.stack_id, self._settings.stack_role_arn)

    def _own_or_replaced(self, job: Job, stack: Stack) -> str | None:
        owner = stack.tags.get("parris:execution")
        if owner == job.execution_arn:
            return stack.stack_id
        is_ours = stack.tags.get("parris:deployment") == job.deployment
        if job.replaces_stack and is_ours and owner is not None:
            # A living owner is ending: it saves, and deletes its own stack or leaves it to us.
            is_deleting = phase_of(stack.status) is StackPhase.DELETING
            if not is_deleting and not self._aws.executions.is_alive(owner):
                self._delete(stack)
            return None
        raise StackExistsError(
            f"a stack {job.stack_name} exists ({stack.status}) that this run did not make; it was"
            f" not touched. Delete it (aws cloudformation delete-stack --stack-name"
            f" {job.stack_name}) or choose another training-job-name"
        )

    def _own_stack(self, job: Job, launch_id: str | None) -> Stack | None:
        """Return the stack that this execution made, None where it made none.

        Raises:
            NotOursError: when the id leads to a stack without this execution's tag.
        """
        stack = self._aws.stacks.find(launch_id or job.stack_name)
        if stack is None or stack.tags.get("parris:execution") == job.execution_arn:
            return stack
        if launch_id is None:
            return None
        raise NotOursError(f"{stack.stack_id} does not carry the tag of {job.execution_arn}")

    def _instance_of(self, job: Job) -> Instance | None:
        instances = self._aws.instances.all_of(job.execution_arn)
        alive = [one for one in instances if one.state != "terminated"]
        return alive[0] if alive else None

    def _exit_report(self, job: Job) -> ExitReport | None:
        body = self._aws.bucket.read(job.folder.exit_key)
        return None if body is None else ExitReport.from_payload(json.loads(body))

    def _holds_unsaved_results(self, job: Job, instance: Instance | None) -> bool:
        if instance is None:
            return False
        report = self._exit_report(job)
        if report is None:
            return self._aws.bucket.read(job.folder.started_key) is not None
        return not report.are_results_saved


def _did_shut_itself_down(instance: Instance | None) -> bool | None:
    if instance is None or not instance.state_reason:
        return None
    return instance.state_reason == _SELF_SHUTDOWN


def _end_state(
    step: EndStep, phase: StackPhase, machines: set[MachineState], *, is_all_gone: bool
) -> EndState:
    is_machine_over = machines <= {MachineState.OVER}
    match step:
        case EndStep.KEPT:
            return EndState.ENDED
        case EndStep.STOPPING:
            return EndState.ENDED if is_machine_over else EndState.ENDING
        case EndStep.SAVING:
            return EndState.END_AGAIN if is_machine_over else EndState.ENDING
        case EndStep.NOTHING_TO_END:
            return EndState.ENDED if is_all_gone else EndState.END_AGAIN
        case EndStep.DELETING:
            if is_all_gone:
                return EndState.ENDED
            is_stuck = phase in (StackPhase.STUCK, StackPhase.READY, StackPhase.FAILED)
            return EndState.END_AGAIN if is_stuck else EndState.ENDING
