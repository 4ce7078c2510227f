"""How a job's stack ends: saved first, then stopped or deleted, then confirmed to be gone.

A spot instance cannot be stopped. Terminating it tells its system first, too, and its volume
outlives it: the volume is deleted when the results are verified, and kept when they are not.
docs/decisions/0008 says why.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from parris.ending import EndSighting, EndState, EndStep
from parris.policy import MachineState
from parris.stack_status import StackPhase, phase_of
from parris.targets.seen_stack import MACHINE_STATES, SeenStack
from parris.transition_reason import moment_of_transition

if TYPE_CHECKING:
    from parris.aws.gateways import Gateways
    from parris.aws.instances import Instance
    from parris.job import Job
    from parris.settings import Settings

_ALIVE = (MachineState.STARTING, MachineState.RUNNING)


class StackEnder:
    """Ends the stacks of jobs, and touches none that does not carry the job's own tag."""

    def __init__(self, aws: Gateways, settings: Settings) -> None:
        self._aws = aws
        self._settings = settings

    def end(self, job: Job, launch_id: str | None, last_step: EndStep | None) -> EndStep:
        """Stop the instance so that it saves, verify, then delete the stack; or stop only."""
        seen = SeenStack(self._aws, job)
        stack = seen.own_stack(launch_id)
        if stack is None or phase_of(stack.status) is StackPhase.GONE:
            nothing_more = EndStep.DELETING if launch_id else EndStep.NOTHING_TO_END
            return self._end_volumes(job, seen) or nothing_more
        instance = seen.instance()
        state = MachineState.OVER if instance is None else MACHINE_STATES[instance.state]
        is_done = seen.exit_report() is not None
        keeps_instance = job.on_termination == "stop-instance"
        # A spot instance goes before its stack does: then its volume is loose while that is there.
        goes_first = keeps_instance or not is_done or (instance is not None and instance.is_spot)
        if instance is not None and state in _ALIVE and goes_first:
            self._shut_down(instance)
            return EndStep.STOPPING if keeps_instance else EndStep.SAVING
        if state is MachineState.ENDING and last_step is not EndStep.DELETING:
            return EndStep.STOPPING if keeps_instance else EndStep.SAVING
        is_kept = keeps_instance and instance is not None
        if is_kept and phase_of(stack.status) is StackPhase.READY:
            return EndStep.STOPPING
        is_disk_there = instance is not None and not instance.is_spot
        if last_step is EndStep.SAVING and is_disk_there and seen.holds_unsaved_results():
            return EndStep.KEPT
        step = self._end_volumes(job, seen) or EndStep.DELETING
        self._aws.stacks.delete(stack.stack_id, self._settings.stack_role_arn)
        return step

    def confirm_ended(self, job: Job, launch_id: str | None, step: EndStep) -> EndSighting:
        """Look at the stack, and by tag at the instances and volumes that may outlive it."""
        seen = SeenStack(self._aws, job)
        stack = seen.own_stack(launch_id)
        phase = StackPhase.GONE if stack is None else phase_of(stack.status)
        instances = self._aws.instances.all_of(job.execution_arn)
        states = {one.instance_id: MACHINE_STATES[one.state] for one in instances}
        volumes = self._aws.instances.volume_ids_of(job.execution_arn)
        left = (
            *((stack.stack_id,) if stack is not None and phase is not StackPhase.GONE else ()),
            *(one.instance_id for one in instances if one.state != "terminated"),
            *volumes,
        )
        first = min(instances, key=lambda one: one.launched_at, default=None)
        return EndSighting(
            state=_end_state(
                step,
                phase,
                set(states.values()),
                is_all_gone=not left,
                has_volume_to_end=job.is_spot and bool(volumes),
            ),
            stack_status="DELETE_COMPLETE" if stack is None else stack.status,
            left=left,
            launched_at=first.launched_at if first else None,
            machine_ended_at=moment_of_transition(first.transition_reason) if first else None,
            exit=seen.exit_report(),
        )

    def _shut_down(self, instance: Instance) -> None:
        if instance.is_spot:
            self._aws.instances.terminate(instance.instance_id)
        else:
            self._aws.instances.stop(instance.instance_id)

    def _end_volumes(self, job: Job, seen: SeenStack) -> EndStep | None:
        """Delete the volumes of a spot job that outlived its instance, or keep them and say so."""
        volume_ids = self._aws.volumes.loose_ids_of(job.execution_arn) if job.is_spot else ()
        if not volume_ids:
            return None
        if seen.holds_unsaved_results():
            self._aws.volumes.keep(volume_ids)
            return EndStep.VOLUME_KEPT
        for volume_id in volume_ids:
            self._aws.volumes.delete(volume_id)
        return None


def _end_state(
    step: EndStep,
    phase: StackPhase,
    machines: set[MachineState],
    *,
    is_all_gone: bool,
    has_volume_to_end: bool,
) -> EndState:
    is_machine_over = machines <= {MachineState.OVER}
    is_stuck = phase in (StackPhase.STUCK, StackPhase.READY, StackPhase.FAILED)
    is_stack_over = phase is StackPhase.GONE and is_machine_over
    match step:
        case EndStep.KEPT:
            return EndState.ENDED
        case EndStep.STOPPING:
            return EndState.ENDED if is_machine_over else EndState.ENDING
        case EndStep.SAVING:
            return EndState.END_AGAIN if is_machine_over else EndState.ENDING
        case EndStep.NOTHING_TO_END:
            return EndState.ENDED if is_all_gone else EndState.END_AGAIN
        case EndStep.VOLUME_KEPT:
            if is_stack_over:
                return EndState.ENDED
            return EndState.END_AGAIN if is_stuck else EndState.ENDING
        case EndStep.DELETING:
            if is_all_gone:
                return EndState.ENDED
            is_to_be_ended = is_stuck or (is_stack_over and has_volume_to_end)
            return EndState.END_AGAIN if is_to_be_ended else EndState.ENDING
