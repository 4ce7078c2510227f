"""The target `batch`: one AWS Batch job per attempt of a job, in a container image.

The image holds nothing of Parris: its container fetches the same runner as an EC2 instance. With
`run-image-command` the image's own command runs instead, and what Batch says of its container takes
the place of the runner's reports.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from parris.targets.batch.aws.gateways import BatchGateways

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
    from parris.targets.batch.end_job import BatchJobEnder
    from parris.targets.batch.launch import BatchJobLauncher
    from parris.targets.spending import Spending
    from parris.targets.target import Change, LaunchObservation
    from parris.termination.ending import Ending, EndObservation, EndPlan


class Batch:
    """Runs each job as a Batch job."""

    launch_state = "SubmitBatchJob"

    def __init__(self, aws: Gateways, settings: Settings) -> None:
        self._aws = aws.once(BatchGateways)
        self._settings = settings

    @cached_property
    def _launcher(self) -> BatchJobLauncher:
        from parris.targets.batch.launch import BatchJobLauncher

        return BatchJobLauncher(self._aws)

    @cached_property
    def _ender(self) -> BatchJobEnder:
        from parris.targets.batch.end_job import BatchJobEnder

        return BatchJobEnder(self._aws)

    def propose(
        self, config: Payload, wrong: AbstractSet[str], *, are_prices_needed: bool
    ) -> Proposal:
        """Check the image, queues, resources and prices of the config."""
        from parris.targets.batch.propose import propose

        return propose(
            self._aws, self._aws.settings, config, wrong, are_prices_needed=are_prices_needed
        )

    def launch(self, job: Job, now: datetime) -> str | None:
        """Submit the job."""
        return self._launcher.launch(job)

    def clear_failed_launch(self, job: Job, launch_id: str) -> bool:
        """Return whether the failed job has ended."""
        return self._launcher.clear_failed_launch(job, launch_id)

    def watch_launch(self, job: Job, launch_id: str, now: datetime) -> LaunchObservation:
        """Check the job, which waits in its queue first."""
        return self._launcher.watch_launch(job, launch_id, now)

    def steer(self, job: Job, machine_id: str, identity: str) -> str:
        """Write the files where only this container can read them, and no container can write."""
        from parris.targets.batch.steering import steer_container

        return steer_container(self._aws, job, machine_id, identity)

    def observe(
        self, job: Job, machine_id: str, launched_at: datetime, reported_state: str | None
    ) -> Observation:
        """Check the job, then the files of its runner."""
        from parris.targets.batch.observe import observe

        return observe(self._aws, job, machine_id, launched_at, reported_state)

    def spending(
        self, job: Job, launched_at: datetime, carry: Payload, until: datetime
    ) -> Spending:
        """Calculate the cost of the machine that the container runs on, or of its share."""
        from parris.targets.batch.spending import batch_spending

        return batch_spending(self._aws, job, launched_at, carry, until)

    def carried_limits(self, job: Job, carry: Payload) -> Limits:
        """Return the limits as of the last check."""
        from parris.targets.batch.spending import carried_limits

        return carried_limits(job, carry)

    def failed_check(self, machine_id: str) -> str | None:
        """Return None: Batch replaces machines that fail their checks."""
        return None

    def console(self, machine_id: str) -> Console:
        """Return the last lines of the container's own output."""
        from parris.console import Console

        try:
            found = self._aws.jobs.find(machine_id)
            lines = () if found is None else self._aws.logs.last_lines(found.log_stream)
            return Console("\n".join(lines))
        except Exception as err:
            return Console("", refusal=str(err))

    def plan_end(self, job: Job, ending: Ending) -> EndPlan:
        """Let the runner save, terminate the job, then remove its definition."""
        return self._ender.plan_end(job, ending)

    def carry_out(self, job: Job, plan: EndPlan) -> None:
        """Ask the runner, terminate or deregister."""
        self._ender.carry_out(job, plan)

    def confirm_ended(self, job: Job, ending: Ending) -> EndObservation:
        """Check what is left."""
        from parris.targets.batch.confirm_end import confirm_ended

        return confirm_ended(self._aws, job, ending)

    def searches(self) -> tuple[Search, ...]:
        """Search jobs and job definitions by their tags."""
        from parris.targets.batch.inventory import searches

        return searches(self._aws, self._settings)

    def describe(self, job: Job, ids: Iterable[str]) -> Guide:
        """Return console pages and commands for jobs and job definitions."""
        from parris.targets.batch.describe import describe

        return describe(job, ids)

    def change_in(self, event: Payload) -> Change | None:
        """Return the change of a job."""
        from parris.targets.batch.events import change_in

        return change_in(event)

    def machine_of(self, user_id: str) -> str | None:
        """Return None: Batch reports the end of a container, whose task the id names, itself."""
        return None


TARGET = Batch
