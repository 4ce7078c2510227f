"""Checks what is left of a job's stack while it ends."""

from __future__ import annotations

from typing import TYPE_CHECKING

from parris.ec2.instance_states import MACHINE_STATES
from parris.ec2.parts import VOLUME
from parris.ec2.transition_reason import time_of_transition
from parris.policy import MachineState
from parris.targets.ec2_stack.deletion_retries import pause_seconds
from parris.targets.ec2_stack.observe import ObservedStack
from parris.targets.ec2_stack.stack_status import StackPhase, phase_of
from parris.targets.runner_reports import RunnerReports
from parris.termination.ending import DELETING_STEPS, EndObservation, EndState, EndStep
from parris.waits import Wait

if TYPE_CHECKING:
    from collections.abc import Sequence

    from parris.job import Job
    from parris.targets.ec2_stack.aws.gateways import Ec2Gateways
    from parris.targets.ec2_stack.aws.instances import Instance
    from parris.targets.ec2_stack.aws.volumes import Volume
    from parris.termination.ending import Ending

_KEEPING_STEPS = (EndStep.KEPT, EndStep.STOPPING, EndStep.PART_KEPT)
_AT_ONCE_SECONDS = 1
_SOON_SECONDS = 60


def confirm_ended(aws: Ec2Gateways, job: Job, ending: Ending) -> EndObservation:
    """Check the stack, and the instances and volumes that may outlive it, by id and tag."""
    seen = ObservedStack(aws, job, is_keep_expired=ending.is_keep_expired)
    stack = seen.own_stack(ending.launch_id)
    phase = StackPhase.GONE if stack is None else phase_of(stack.status)
    instances, volumes = seen.instances(), seen.volumes()
    left_machines = [one for one in instances if one.state != "terminated"]
    untagged = _untagged_machine(aws, ending, instances)
    left = (
        *((stack.stack_id,) if stack is not None and phase is not StackPhase.GONE else ()),
        *(one.instance_id for one in left_machines),
        *((untagged.instance_id,) if untagged and untagged.state != "terminated" else ()),
        *(one.volume_id for one in volumes),
    )
    step = ending.step or EndStep.DELETING
    reports = RunnerReports(aws.bucket, job)
    report = reports.exit_report()
    state = _end_state(
        step,
        phase,
        {MACHINE_STATES[one.state] for one in instances},
        is_all_gone=not left,
        are_results_saved=reports.are_results_saved(),
        has_more_to_end=_has_more_to_end(job, left_machines, volumes),
    )
    known = instances if untagged is None else (*instances, untagged)
    first = min(known, key=lambda one: one.launched_at, default=None)
    marks = _marks(left_machines, volumes) if step in _KEEPING_STEPS else {}
    is_machine_alive = any(MACHINE_STATES[one.state] is not MachineState.OVER for one in known)
    return EndObservation(
        state=state,
        left=left,
        launched_at=first.launched_at if first else None,
        machine_ended_at=time_of_transition(first.transition_reason) if first else None,
        exit=report,
        metrics=reports.last_metrics(report),
        kept=tuple(marks),
        keep_until=next(iter(marks.values()), None),
        next_check_seconds=_next_check_seconds(
            state, step, phase, ending, has_loose_volume=any(one.is_loose for one in volumes)
        ),
        wait=_wait_for(step, phase),
        is_machine_alive=is_machine_alive,
        # EC2 does not say when a volume went: not later than now.
        part_ends={} if volumes or is_machine_alive else {VOLUME: ending.now},
        details={"stack_status": "DELETE_COMPLETE" if stack is None else stack.status},
    )


def _untagged_machine(
    aws: Ec2Gateways, ending: Ending, instances: Sequence[Instance]
) -> Instance | None:
    """Return the machine that the run has recorded, if EC2 still knows it but not its tag.

    EC2 removes the tags of a terminated instance after a while. A running instance that has lost
    its tag is not touched, because Parris cannot verify that it owns it. But it is not gone
    either.
    """
    machine_id = ending.machine_id
    if machine_id is None or machine_id in {one.instance_id for one in instances}:
        return None
    return aws.instances.find(machine_id)


def _has_more_to_end(job: Job, machines: Sequence[Instance], volumes: Sequence[Volume]) -> bool:
    """Return whether there are resources that can be ended directly, independent of the stack."""
    own = [one for one in machines if one.deployment == job.deployment]
    return any(MACHINE_STATES[one.state] is not MachineState.ENDING for one in own) or any(
        one.is_loose and one.deployment == job.deployment for one in volumes
    )


def _marks(machines: Sequence[Instance], volumes: Sequence[Volume]) -> dict[str, str]:
    marks = {one.instance_id: one.keep_until for one in machines}
    marks |= {one.volume_id: one.keep_until for one in volumes}
    return {resource_id: mark for resource_id, mark in marks.items() if mark}


def _wait_for(step: EndStep, phase: StackPhase) -> Wait:
    """Return what an end that is not over waits for: an instance, a stack, or what is left."""
    if step in (EndStep.SAVING, EndStep.STOPPING):
        return Wait.SAVING
    return Wait.LEFTOVERS if phase is StackPhase.GONE else Wait.DELETING


def _next_check_seconds(
    state: EndState, step: EndStep, phase: StackPhase, ending: Ending, *, has_loose_volume: bool
) -> int | None:
    if state is not EndState.END_AGAIN:
        return None
    # The awaited step is over, and the next one need not wait.
    is_step_over = step is EndStep.SAVING or (step is EndStep.DELETING and phase is StackPhase.GONE)
    if is_step_over:
        return _AT_ONCE_SECONDS
    step_seconds = 0.0
    if ending.step_since is not None:
        step_seconds = (ending.now - ending.step_since).total_seconds()
    if has_loose_volume and step in DELETING_STEPS and not ending.has_failed:
        # Volumes are billed until deleted. One that cannot be deleted is retried less and less.
        return _AT_ONCE_SECONDS if step_seconds <= _SOON_SECONDS else None
    return pause_seconds(ending.deletions) if phase is StackPhase.STUCK else None


def _end_state(
    step: EndStep,
    phase: StackPhase,
    machines: set[MachineState],
    *,
    is_all_gone: bool,
    are_results_saved: bool,
    has_more_to_end: bool,
) -> EndState:
    is_machine_over = machines <= {MachineState.OVER}
    is_stuck = phase in (StackPhase.STUCK, StackPhase.READY, StackPhase.FAILED)
    match step:
        case EndStep.KEPT | EndStep.RELEASED:
            return EndState.ENDED
        case EndStep.STOPPING:
            return EndState.ENDED if is_machine_over else EndState.ENDING
        case EndStep.SAVING:
            is_over = is_machine_over or are_results_saved
            return EndState.END_AGAIN if is_over else EndState.ENDING
        case EndStep.NOTHING_TO_END:
            return EndState.ENDED if is_all_gone else EndState.END_AGAIN
        case EndStep.PART_KEPT:
            if phase is StackPhase.GONE and is_machine_over:
                return EndState.ENDED
            return EndState.END_AGAIN if is_stuck else EndState.ENDING
        case EndStep.DELETING | EndStep.DELETING_LEFTOVERS:
            if is_all_gone:
                return EndState.ENDED
            # Also while the stack is being deleted: billed resources do not wait for it.
            return EndState.END_AGAIN if is_stuck or has_more_to_end else EndState.ENDING
