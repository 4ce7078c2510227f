"""Ends a job's stack: saves the results first, then stops, deletes or keeps it.

Billed resources are ended first and directly: the instance, then its volume, while the stack is
still being deleted. So a failed deletion of the stack costs nothing.

The volume outlives its instance, unless the results are verified before that ends. It is deleted
when the results are verified, and kept otherwise. A spot instance cannot be stopped, but
terminating it shuts down its system, too. docs/decisions/0008 says why, and docs/decisions/0013 how
long resources are kept.

Resources that still exist after the stack is deleted are ended directly: a forced deletion leaves
what CloudFormation could not delete.
"""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from parris.ec2.instance_states import MACHINE_STATES
from parris.policy import MachineState
from parris.retention.keep_until import ALWAYS, is_expired, keep_until_expiry
from parris.targets.ec2_stack.deletion_retries import is_to_be_forced
from parris.targets.ec2_stack.observe import ObservedStack
from parris.targets.ec2_stack.spec import STOP_INSTANCE
from parris.targets.ec2_stack.stack_status import StackPhase, phase_of
from parris.targets.runner_reports import RunnerReports
from parris.termination.ending import DELETING_STEPS, Act, ActKind, EndPlan, EndStep

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from parris.job import Job
    from parris.targets.ec2_stack.aws.gateways import Ec2Gateways
    from parris.targets.ec2_stack.aws.instances import Instance
    from parris.targets.ec2_stack.aws.stacks import Stack
    from parris.targets.ec2_stack.aws.volumes import Volume
    from parris.targets.ec2_stack.settings import Ec2StackSettings
    from parris.termination.ending import Ending

_ALIVE = (MachineState.STARTING, MachineState.RUNNING)


class StackEnder:
    """Ends the stacks of jobs. It only touches stacks with the job's own tag."""

    def __init__(self, aws: Ec2Gateways, settings: Ec2StackSettings) -> None:
        self._aws = aws
        self._settings = settings

    def plan_end(self, job: Job, ending: Ending) -> EndPlan:
        """Return the next step: stop the instance so that it saves, verify, then delete or keep.

        Raises:
            NotOursError: if the stack does not carry this execution's tag.
        """
        seen = ObservedStack(self._aws, job, is_keep_expired=ending.is_keep_expired)
        reports = RunnerReports(self._aws.bucket, job)
        stack = seen.own_stack(ending.launch_id)
        if stack is not None and phase_of(stack.status) is StackPhase.GONE:
            stack = None
        instance, volumes = seen.instance(), seen.own_volumes()
        if instance is None:
            return self._plan_deletion(reports, ending, stack, None, volumes)
        state = MACHINE_STATES[instance.state]
        is_request = job.on_termination == STOP_INSTANCE and not _may_go(instance, ending)
        # The instance ends before its stack, so that its volume is detached while the stack exists.
        is_ending = state is MachineState.ENDING and ending.step not in DELETING_STEPS
        if (is_ending or state in _ALIVE) and not is_request and reports.are_results_saved():
            # Nothing is left to wait for: the machine has nothing more to save.
            plan = self._plan_deletion(reports, ending, stack, instance, volumes)
            with_machine = tuple(
                Act(ActKind.END_WITH_MACHINE, one.volume_id)
                for one in volumes
                if not one.is_loose and not one.is_deleted_with_instance
            )
            return dataclasses.replace(plan, acts=(*with_machine, *plan.acts))
        if is_ending or state in _ALIVE:
            is_alive = state in _ALIVE
            acts = (_shutdown_of(instance),) if is_alive else ()
            if not is_request:
                return EndPlan(EndStep.SAVING, acts)
            return _keeping(EndStep.STOPPING, ALWAYS, instance, volumes, acts)
        if is_request and (stack is None or phase_of(stack.status) is StackPhase.READY):
            return _keeping(EndStep.STOPPING, ALWAYS, instance, volumes)
        is_to_be_kept = ending.step not in DELETING_STEPS and not _may_go(instance, ending)
        can_be_kept = not instance.is_spot and not ending.may_be_retried
        if is_to_be_kept and can_be_kept and reports.holds_unsaved_results():
            return _keeping(EndStep.KEPT, self._expiry(ending), instance, volumes)
        return self._plan_deletion(reports, ending, stack, instance, volumes)

    def carry_out(self, job: Job, plan: EndPlan) -> None:
        """Make the plan's calls. If resources could not be marked as kept, billed ones are still
        stopped, but nothing is deleted.
        """
        kept = [act.resource_id for act in plan.acts if act.kind is ActKind.KEEP]
        others = [act for act in plan.acts if act.kind is not ActKind.KEEP]
        try:
            if kept and plan.keep_until is not None:
                self._aws.instances.keep(kept, plan.keep_until)
        except Exception:
            for act in others:
                if act.kind is ActKind.STOP:
                    self._aws.instances.stop(act.resource_id)
            raise
        errors = []
        for act in others:
            try:
                self._calls[act.kind](act.resource_id)
            except Exception as err:
                # A failure to end a resource directly must not prevent the stack's deletion. A
                # volume that cannot end with its instance is deleted when it is loose.
                if act.kind is not ActKind.END_WITH_MACHINE:
                    errors.append(err)
        if errors:
            raise errors[0]

    @property
    def _calls(self) -> dict[ActKind, Callable[[str], None]]:
        stacks, role_arn = self._aws.stacks, self._settings.stack_role_arn
        return {
            ActKind.STOP: self._aws.instances.stop,
            ActKind.END_WITH_MACHINE: self._aws.volumes.delete_with_instance,
            ActKind.TERMINATE: self._aws.instances.terminate,
            ActKind.DELETE_PART: self._aws.volumes.delete,
            ActKind.DELETE: lambda stack_id: stacks.delete(stack_id, role_arn),
            ActKind.FORCE_DELETE: lambda stack_id: stacks.force_delete(stack_id, role_arn),
        }

    def _expiry(self, ending: Ending) -> str:
        return keep_until_expiry(ending.now, self._settings.keep_unverified_days)

    def _plan_deletion(
        self,
        reports: RunnerReports,
        ending: Ending,
        stack: Stack | None,
        instance: Instance | None,
        volumes: Sequence[Volume],
    ) -> EndPlan:
        """Terminate the instance, delete its loose volumes and the stack, but keep volumes with
        unverified results.
        """
        if stack is None and instance is None and not volumes and ending.launch_id is None:
            return EndPlan(EndStep.NOTHING_TO_END)
        loose = [one for one in volumes if one.is_loose]
        kept = [one for one in loose if not _may_go(one, ending)] if loose else []
        if kept and not reports.holds_unsaved_results():
            kept = []
        # Billed resources go first and directly, so that a failed deletion costs nothing.
        acts = [Act(ActKind.DELETE_PART, one.volume_id) for one in loose if one not in kept]
        if instance is not None and instance.state != "shutting-down":
            acts.insert(0, Act(ActKind.TERMINATE, instance.instance_id))
        phase = StackPhase.GONE if stack is None else phase_of(stack.status)
        # A failed deletion is tried again after a pause, not whenever a volume comes loose.
        is_pausing = phase is StackPhase.STUCK and bool(acts) and not ending.has_failed
        if stack is not None and phase is not StackPhase.DELETING and not is_pausing:
            # Only a failed deletion can be forced.
            is_forced = is_to_be_forced(ending.deletions) and phase is StackPhase.STUCK
            kind = ActKind.FORCE_DELETE if is_forced else ActKind.DELETE
            acts.append(Act(kind, stack.stack_id))
        if not kept:
            # Also if nothing can be done right now: a step of its own prevents a retry loop of
            # one second.
            step = EndStep.DELETING_LEFTOVERS if stack is None else EndStep.DELETING
            return EndPlan(step, tuple(acts))
        return _keeping(EndStep.PART_KEPT, self._expiry(ending), None, kept, acts)


def _may_go(thing: Instance | Volume, ending: Ending) -> bool:
    """Return whether it was kept, and its retention has ended."""
    return ending.is_keep_expired and is_expired(thing.keep_until, ending.now)


def _shutdown_of(instance: Instance) -> Act:
    """Return how a living instance is shut down so that it saves. A spot one cannot be stopped."""
    kind = ActKind.TERMINATE if instance.is_spot else ActKind.STOP
    return Act(kind, instance.instance_id)


def _keeping(
    step: EndStep,
    keep_until: str,
    instance: Instance | None,
    volumes: Sequence[Volume],
    acts: Sequence[Act] = (),
) -> EndPlan:
    """Return a plan that marks kept resources before it acts.

    Existing marks stay, with their timestamps: another check does not prolong the retention.
    """
    marks = {one.volume_id: one.keep_until for one in volumes}
    if instance is not None:
        marks = {instance.instance_id: instance.keep_until, **marks}
    until = next((mark for mark in marks.values() if mark), keep_until)
    new = [Act(ActKind.KEEP, resource_id) for resource_id, mark in marks.items() if not mark]
    return EndPlan(step, (*new, *acts), kept=tuple(marks), keep_until=until)
