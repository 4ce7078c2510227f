"""The interface of a target: it is launched, observed, ended, seen to be gone, found again."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterable
    from collections.abc import Set as AbstractSet
    from datetime import datetime

    from parris.costs.offer import Proposal
    from parris.job import Job
    from parris.limits import Limits
    from parris.payloads import Payload
    from parris.policy import Observation
    from parris.resource import Guide, Search
    from parris.targets.console import Console
    from parris.targets.spending import Spending
    from parris.termination.ending import Ending, EndObservation, EndPlan


@dataclass(frozen=True, slots=True)
class LaunchObservation:
    """One look at a launch. `launched_at` is None until the machine exists.

    `is_pending` where it exists and does not run yet: nothing of it is billed, and it boots later.
    `is_over` where it ends or has ended, so that it will read nothing; `did_shut_itself_down` where
    its own system ended it, and nobody else will say why.

    `carry` is the target's own, handed on from check to check: what only it can read.
    `identity` is what IAM knows the machine by, empty where it has no role.
    """

    is_complete: bool
    machine_id: str | None
    launched_at: datetime | None
    carry: Payload = field(default_factory=dict)
    identity: str = ""
    is_pending: bool = False
    is_over: bool = False
    did_shut_itself_down: bool = False


@dataclass(frozen=True, slots=True)
class Change:
    """What an event of AWS says: the machine that it is about, and the state that it has now."""

    machine_id: str
    state: str


class Target(Protocol):
    """Something that a job runs on. `launch_id` names what was launched, once and for all.

    It may be None: an end that took over from a run that died finds everything by the job's name
    and the execution's tag.
    """

    @property
    def launch_state(self) -> str:
        """Return the name of the state machine's state that launches this target."""

    def propose(
        self, config: Payload, wrong: AbstractSet[str], *, are_prices_needed: bool
    ) -> Proposal:
        """Return what the target makes of a config, and all that is wrong with it.

        Asks AWS what it would object to, and what the job costs. Creates nothing.

        Args:
            config: the merged config.
            wrong: the keys whose values have a wrong shape; nothing is read of them.
            are_prices_needed: whether something is decided by what the job costs, so that a price
                that is unknown is a violation.
        """

    def launch(self, job: Job, now: datetime) -> str | None:
        """Start the launch and return its id. Asking again for the same attempt is safe.

        Returns:
            None where something that is to be replaced is still in the way: ask again.
        """

    def clear_failed_launch(self, job: Job, launch_id: str) -> bool:
        """Remove what a failed launch left, and return whether it is gone; else ask again."""

    def watch_launch(self, job: Job, launch_id: str) -> LaunchObservation:
        """Look at the launch.

        Raises:
            CapacityUnavailableError, QuotaError, LaunchFailedError: when it failed,
                with AWS's reason.
        """

    def steer(self, job: Job, machine_id: str, identity: str) -> str:
        """Give the machine the files that it waits for, which no machine can write.

        Returns:
            Where the machine writes in the training bucket, and no other can. Safe to ask again.

        Raises:
            ConfigInvalidError: when the script is no longer what was validated.
            LaunchFailedError: when the machine cannot read them.
        """

    def observe(
        self, job: Job, machine_id: str, launched_at: datetime, reported_state: str | None
    ) -> Observation:
        """Look at the machine, and believe the later of what is seen and what was reported."""

    def spending(
        self, job: Job, launched_at: datetime, carry: Payload, until: datetime
    ) -> Spending:
        """Return what the job has cost until a moment, and what it may still cost.

        Args:
            job: the job.
            launched_at: when its machine was launched.
            carry: what the check before handed on, or the launch.
            until: now, or when the machine ended.
        """

    def carried_limits(self, job: Job, carry: Payload) -> Limits:
        """Return the limits as of the check before. Asks nothing, so that it always answers."""

    def failed_check(self, machine_id: str) -> str | None:
        """Return which of the provider's own checks of a running machine fails, in words; None
        where none does or nobody may ask.
        """

    def console(self, machine_id: str) -> Console:
        """Return what the machine has written to its console last. Raises nothing."""

    def plan_end(self, job: Job, ending: Ending) -> EndPlan:
        """Return the next step of the end: save, then stop, delete or keep. Changes nothing.

        The plan names what is to be kept, and only what carries this execution's tag.
        """

    def carry_out(self, job: Job, plan: EndPlan) -> None:
        """Set the planned step going: first mark what is kept, then end. Safe to ask again."""

    def confirm_ended(self, job: Job, ending: Ending) -> EndObservation:
        """Look at what is left."""

    def searches(self) -> tuple[Search, ...]:
        """Return what finds this target's resources, one search for each kind.

        Each asks AWS when it is called, and can fail alone. What is gone is not found any more,
        though AWS may still know it. That of what is billed by the second comes first.
        """

    def describe(self, job: Job, ids: Iterable[str]) -> Guide:
        """Return what people need to know of resources of the job, by their ids alone.

        What is no id of this target's is left out. Asks AWS nothing.
        """

    def change_in(self, event: Payload) -> Change | None:
        """Return what an event of EventBridge says of a machine, None where it is none of this
        target's. The events that come are those of template.yaml, in the target's marked block.
        """
