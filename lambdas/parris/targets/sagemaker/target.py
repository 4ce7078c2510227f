"""The target `sagemaker`: one SageMaker training job per attempt of a job.

No runner of ours is in its container. SageMaker downloads the code and the data, sends SIGTERM, and
uploads the results; what it says of the training job takes the place of the runner's reports.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from parris.aws.machine_notes import note_machine
from parris.errors import AwsDeniedError
from parris.folder import MachineFolder
from parris.targets.sagemaker.aws.gateways import SageMakerGateways
from parris.targets.sagemaker.names import is_name
from parris.targets.sagemaker.status import FAILED
from parris.targets.spending import Spending

if TYPE_CHECKING:
    from collections.abc import Iterable
    from collections.abc import Set as AbstractSet
    from datetime import datetime

    from parris.aws.gateways import Gateways
    from parris.console import Console
    from parris.costs.offer import Proposal
    from parris.job import Job
    from parris.limits import Limits
    from parris.payloads import Payload
    from parris.policy import Observation
    from parris.resource import Guide, Search
    from parris.settings import Settings
    from parris.targets.sagemaker.end_job import TrainingJobEnder
    from parris.targets.sagemaker.launch import TrainingJobLauncher
    from parris.targets.target import Change, LaunchObservation
    from parris.termination.ending import Ending, EndObservation, EndPlan


class SageMaker:
    """Runs each job as a training job."""

    launch_state = "CreateTrainingJob"

    def __init__(self, aws: Gateways, settings: Settings) -> None:
        self._aws = aws.once(SageMakerGateways)
        self._settings = settings

    @cached_property
    def _launcher(self) -> TrainingJobLauncher:
        from parris.targets.sagemaker.launch import TrainingJobLauncher

        return TrainingJobLauncher(self._aws, self._aws.settings)

    @cached_property
    def _ender(self) -> TrainingJobEnder:
        from parris.targets.sagemaker.end_job import TrainingJobEnder

        return TrainingJobEnder(self._aws)

    def propose(
        self, config: Payload, wrong: AbstractSet[str], *, are_prices_needed: bool
    ) -> Proposal:
        """Check the image, role, places, instances and prices of the config."""
        from parris.targets.sagemaker.propose import propose

        return propose(
            self._aws, self._aws.settings, config, wrong, are_prices_needed=are_prices_needed
        )

    def launch(self, job: Job, now: datetime) -> str | None:
        """Start the training job; return None while SageMaker cannot assume its new role."""
        return self._launcher.launch(job, now)

    def clear_failed_launch(self, job: Job, launch_id: str) -> bool:
        """Return whether the failed training job has ended."""
        return self._launcher.clear_failed_launch(job, launch_id)

    def watch_launch(self, job: Job, launch_id: str, now: datetime) -> LaunchObservation:
        """Check the training job."""
        return self._launcher.watch_launch(job, launch_id, now)

    def steer(self, job: Job, machine_id: str, identity: str) -> str:
        """Record the training job. It has its files since its launch."""
        prefix = MachineFolder(machine_id).prefix
        note_machine(job, machine_id, prefix, self._aws.bucket)
        return prefix

    def observe(
        self, job: Job, machine_id: str, launched_at: datetime, reported_state: str | None
    ) -> Observation:
        """Check the training job, and the end of its log if it has failed."""
        from parris.targets.sagemaker.observe import observation_of

        found = self._aws.training_jobs.find(machine_id)
        has_failed = found is not None and found.status == FAILED
        lines = self._last_lines(machine_id) if has_failed else ()
        return observation_of(found, launched_at, reported_state, job.limits, lines)

    def _last_lines(self, machine_id: str) -> tuple[str, ...]:
        try:
            return self._aws.logs.last_lines(machine_id)
        except AwsDeniedError:
            # Only a diagnosis: how the training job ended is known without it.
            return ()

    def spending(
        self, job: Job, launched_at: datetime, carry: Payload, until: datetime
    ) -> Spending:
        """Calculate the cost from the job's rate."""
        return Spending(job.rate, job.limits, carry)

    def carried_limits(self, job: Job, carry: Payload) -> Limits:
        """Return the limits of the job."""
        return job.limits

    def failed_check(self, machine_id: str) -> str | None:
        """Return None: SageMaker replaces instances that fail its checks."""
        return None

    def console(self, machine_id: str) -> Console:
        """Return the last lines of the log."""
        from parris.console import Console

        try:
            return Console("\n".join(self._aws.logs.last_lines(machine_id)))
        except Exception as err:
            return Console("", refusal=str(err))

    def plan_end(self, job: Job, ending: Ending) -> EndPlan:
        """Stop the training job so that it saves, then release what outlives it."""
        return self._ender.plan_end(job, ending)

    def carry_out(self, job: Job, plan: EndPlan) -> None:
        """Stop, release a warm pool, or delete the role."""
        self._ender.carry_out(job, plan)

    def confirm_ended(self, job: Job, ending: Ending) -> EndObservation:
        """Check what is left."""
        from parris.targets.sagemaker.confirm_end import confirm_ended

        return confirm_ended(self._aws, job, ending)

    def searches(self) -> tuple[Search, ...]:
        """Search training jobs and roles by their tags."""
        from parris.targets.sagemaker.inventory import searches

        return searches(self._aws, self._settings)

    def describe(self, job: Job, ids: Iterable[str]) -> Guide:
        """Return console pages and commands for training jobs and roles."""
        from parris.targets.sagemaker.describe import describe

        return describe(job, ids)

    def change_in(self, event: Payload) -> Change | None:
        """Return the change of a training job."""
        from parris.targets.sagemaker.events import change_in

        return change_in(event)

    def machine_of(self, user_id: str) -> str | None:
        """Return the training job whose folder has that name."""
        return user_id if is_name(user_id) else None


TARGET = SageMaker
