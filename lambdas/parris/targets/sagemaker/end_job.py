"""Ends a job's training job: stops it, so that it saves, then releases what outlives it.

SageMaker sends SIGTERM, waits 120 s and uploads the results, all of which is billed. There is no
disk to keep afterwards. What may be left are the role that was made for the run, and a warm pool,
which is billed. If the script has succeeded, that is for the next job, and SageMaker releases it
after its time. Otherwise, as after a stop or in a cleanup, it is released at once.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from parris.policy import MachineState
from parris.reasons import EndReason
from parris.targets.perform_acts import perform_all
from parris.targets.sagemaker.observe import ObservedRun
from parris.targets.sagemaker.status import COMPLETED
from parris.termination.ending import Act, ActKind, EndPlan, EndStep

if TYPE_CHECKING:
    from collections.abc import Callable

    from parris.job import Job
    from parris.targets.sagemaker.aws.gateways import SageMakerGateways
    from parris.targets.sagemaker.training_job import TrainingJob
    from parris.termination.ending import Ending


def is_pool_kept(found: TrainingJob, ending: Ending) -> bool:
    """Return whether the warm pool is left to the next job, until SageMaker releases it."""
    return found.status == COMPLETED and ending.reason == EndReason.COMPLETED


class TrainingJobEnder:
    """Ends training jobs. It only touches those with the tags of the job's execution."""

    def __init__(self, aws: SageMakerGateways) -> None:
        self._aws = aws

    def plan_end(self, job: Job, ending: Ending) -> EndPlan:
        """Return the next step: stop the training job so that it saves, then release the rest.

        Raises:
            NotOursError: if the training job does not carry this execution's tag.
        """
        run = ObservedRun(self._aws, job)
        found = run.training_job(ending.launch_id)
        others = run.others(found)
        living = [one for one in (found, *others) if one is not None and not one.is_over]
        if living:
            stops = [one.name for one in living if one.state is not MachineState.ENDING]
            return EndPlan(EndStep.SAVING, tuple(Act(ActKind.STOP, one) for one in stops))
        role = run.role()
        if found is None and not others and role is None:
            return EndPlan(EndStep.NOTHING_TO_END)
        acts = [
            Act(ActKind.DELETE_PART, one.name)
            for one in (found, *others)
            if one is not None and one.is_warm and not is_pool_kept(one, ending)
        ]
        if role is not None:
            acts.append(Act(ActKind.DELETE, role))
        return EndPlan(EndStep.DELETING, tuple(acts))

    def carry_out(self, job: Job, plan: EndPlan) -> None:
        """Make the plan's calls. What is billed comes first, and a failed call stops no other."""
        calls: dict[ActKind, Callable[[str], None]] = {
            ActKind.STOP: self._aws.training_jobs.stop,
            ActKind.DELETE_PART: self._aws.training_jobs.end_warm_pool,
            ActKind.DELETE: self._aws.roles.delete,
        }
        perform_all(plan.acts, lambda act: calls[act.kind](act.resource_id))
