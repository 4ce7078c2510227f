"""The interface of a target: launching, observing, ending and finding what a job runs on."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterable
    from collections.abc import Set as AbstractSet
    from datetime import datetime

    from parris.console import Console
    from parris.costs.offer import Proposal
    from parris.job import Job
    from parris.limits import Limits
    from parris.payloads import Payload
    from parris.policy import Observation
    from parris.resource import Guide, Search
    from parris.targets.spending import Spending
    from parris.termination.ending import Ending, EndObservation, EndPlan
    from parris.waits import Cause


@dataclass(frozen=True, slots=True)
class LaunchObservation:
    """What one check has found out about a launch. `launched_at` is None until the machine exists.

    `is_pending` says that the machine exists but does not run yet: it is not billed. `is_over` says
    that it is ending or has ended, and will not read its files. `did_shut_itself_down` says that
    its own system ended it, so that AWS reports no other reason. `has_runner` says that a runner of
    ours reports from it, in files below its prefix. `is_to_launch_again` says that the launch state
    has more to do, since the job has waited for its turn. `carry` is opaque data of the target that
    each check passes on to the next one. `identity` identifies the machine to IAM: empty if it has
    no role, None while that is not known yet, so that its files cannot be written.
    """

    is_complete: bool
    machine_id: str | None
    launched_at: datetime | None
    carry: Payload = field(default_factory=dict)
    identity: str | None = ""
    is_pending: bool = False
    is_over: bool = False
    did_shut_itself_down: bool = False
    has_runner: bool = True
    is_to_launch_again: bool = False


@dataclass(frozen=True, slots=True)
class Change:
    """What an AWS event reports about a job.

    `machine_id`, or `training_job_name` with `launch_id`, says which job it is; both, if events
    about the machine come before the first check of the launch records it. `state` is the machine's
    new state, which the next check takes into account, or None if the event is about something
    else.
    """

    cause: Cause
    machine_id: str | None = None
    state: str | None = None
    training_job_name: str | None = None
    launch_id: str | None = None


class Target(Protocol):
    """Something that jobs can run on. `launch_id` identifies what was launched.

    It may be None: the cleanup of an abandoned run finds all resources by the job's name and the
    execution's tag.
    """

    @property
    def launch_state(self) -> str:
        """Return the name of the state that launches this target."""

    def propose(
        self, config: Payload, wrong: AbstractSet[str], *, are_prices_needed: bool
    ) -> Proposal:
        """Return the target's proposal for a config, with all violations.

        Queries AWS for prices and for what it would reject. Creates nothing.

        Args:
            config: the merged config.
            wrong: the keys whose values violate the schema, and are not used.
            are_prices_needed: whether a limit depends on the cost of the job, so that an unknown
                price is a violation.
        """

    def launch(self, job: Job, now: datetime) -> str | None:
        """Start the launch and return its id. Safe to repeat for the same attempt.

        Returns:
            None while a resource that is being replaced still exists: call again later.
        """

    def clear_failed_launch(self, job: Job, launch_id: str) -> bool:
        """Remove what a failed launch left. Return False if it still exists: call again later."""

    def watch_launch(self, job: Job, launch_id: str, now: datetime) -> LaunchObservation:
        """Check the launch.

        Raises:
            CapacityUnavailableError, QuotaError, LaunchFailedError: when it failed, with AWS's
                reason, or has lasted too long.
        """

    def steer(self, job: Job, machine_id: str, identity: str) -> str:
        """Write the files that the machine waits for, where no machine can write. Safe to repeat.

        Returns:
            The prefix in the training bucket that only this machine can write to.

        Raises:
            ConfigInvalidError: when the script is no longer what was validated.
            LaunchFailedError: when the machine cannot read them.
        """

    def observe(
        self, job: Job, machine_id: str, launched_at: datetime, reported_state: str | None
    ) -> Observation:
        """Observe the machine. The later of the observed and the reported state counts."""

    def spending(
        self, job: Job, launched_at: datetime, carry: Payload, until: datetime
    ) -> Spending:
        """Return what the job has cost until a point in time, and what it may still cost.

        Args:
            job: the job.
            launched_at: when its machine was launched.
            carry: what the previous check, or the launch, passed on.
            until: now, or when the machine ended.
        """

    def carried_limits(self, job: Job, carry: Payload) -> Limits:
        """Return the limits as of the previous check. Never fails, because it does not call AWS."""

    def failed_check(self, machine_id: str) -> str | None:
        """Return which of the provider's status checks of a running machine fails, or None if none
        does or they are not available.
        """

    def console(self, machine_id: str) -> Console:
        """Return the latest console output of the machine. Raises nothing."""

    def plan_end(self, job: Job, ending: Ending) -> EndPlan:
        """Return the next step of the end: save, then stop, delete or keep. Changes nothing.

        The plan names the resources to keep, and only resources with this execution's tag.
        """

    def carry_out(self, job: Job, plan: EndPlan) -> None:
        """Start the planned step: first mark kept resources, then end others. Safe to repeat."""

    def confirm_ended(self, job: Job, ending: Ending) -> EndObservation:
        """Check what is left."""

    def searches(self) -> tuple[Search, ...]:
        """Return the searches for this target's resources, one for each kind.

        A search calls AWS when it is called, and fails independently of the others. It does not
        return deleted resources, even if AWS still lists them. Searches for resources that are
        billed by the second come first.
        """

    def describe(self, job: Job, ids: Iterable[str]) -> Guide:
        """Describe resources of the job for people, from their ids alone, without calling AWS.

        Ids of other targets are left out.
        """

    def change_in(self, event: Payload) -> Change | None:
        """Return what an EventBridge event reports, or None if it is not of this target.

        Two targets can have machines of the same service. The one counts whose machine has a job.
        The target's marked block in template.yaml selects the events.
        """

    def machine_of(self, user_id: str) -> str | None:
        """Return the machine whose role session has this `aws:userid`, as `steer` names it, or None
        if it is not of this target, or an event of this target reports the machine's end as soon.
        """
