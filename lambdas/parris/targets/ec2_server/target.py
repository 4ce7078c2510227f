"""The target `ec2-server`: a server that exists already, and outlives the jobs that it runs.

Its end is a release. The code for launching, ending, checking and finding is imported where it is
used: a check of a running job needs none of it, and most checks start cold.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from parris.targets.ec2_server.aws.gateways import ServerGateways
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
    from parris.targets.ec2_server.end_job import ServerEnder
    from parris.targets.ec2_server.launch import ServerLauncher
    from parris.targets.target import Change, LaunchObservation
    from parris.termination.ending import Ending, EndObservation, EndPlan


class Ec2Server:
    """Runs each job on a server that it has to itself."""

    launch_state = "StartServer"

    def __init__(self, aws: Gateways, settings: Settings) -> None:
        self._aws = aws.once(ServerGateways)
        self._settings = settings

    @cached_property
    def _launcher(self) -> ServerLauncher:
        from parris.targets.ec2_server.launch import ServerLauncher

        return ServerLauncher(self._aws)

    @cached_property
    def _ender(self) -> ServerEnder:
        from parris.targets.ec2_server.end_job import ServerEnder

        return ServerEnder(self._aws)

    def propose(
        self, config: Payload, wrong: AbstractSet[str], *, are_prices_needed: bool
    ) -> Proposal:
        """Check the servers, prices and input data of the config."""
        from parris.targets.ec2_server.propose import propose

        return propose(
            self._aws, self._aws.settings, config, wrong, are_prices_needed=are_prices_needed
        )

    def launch(self, job: Job, now: datetime) -> str | None:
        """Take the lease of the server, or a place in its queue, and start it."""
        return self._launcher.launch(job, now)

    def clear_failed_launch(self, job: Job, launch_id: str) -> bool:
        """Release the server that could not be started."""
        return self._launcher.clear_failed_launch(job, launch_id)

    def watch_launch(self, job: Job, launch_id: str, now: datetime) -> LaunchObservation:
        """Check the lease and the server."""
        return self._launcher.watch_launch(job, launch_id, now)

    def steer(self, job: Job, machine_id: str, identity: str) -> str:
        """Write the files where only this attempt can read them, and hand it to the server."""
        from parris.targets.ec2_server.handover import hand_over

        return hand_over(self._aws, job, machine_id)

    def observe(
        self, job: Job, machine_id: str, launched_at: datetime, reported_state: str | None
    ) -> Observation:
        """Check the lease and the server, then the files of the runner."""
        from parris.targets.ec2_server.observe import observe

        return observe(self._aws, job, machine_id, launched_at, reported_state)

    def spending(
        self, job: Job, launched_at: datetime, carry: Payload, until: datetime
    ) -> Spending:
        """Calculate the cost from the job's rate, for as long as the server runs for the job."""
        from parris.targets.ec2_server.rates import without_minimum

        rate = job.rate
        if rate is not None and carry.get("is_started_by_us") is False:
            rate = without_minimum(rate)
        return Spending(rate, job.limits, carry)

    def carried_limits(self, job: Job, carry: Payload) -> Limits:
        """Return the limits, which do not change."""
        return job.limits

    def failed_check(self, machine_id: str) -> str | None:
        """Query EC2's status checks of the server."""
        from parris.targets.ec2_server.names import server_of

        return self._aws.diagnosis.failed_check(server_of(machine_id) or "")

    def console(self, machine_id: str) -> Console:
        """Read the server's console."""
        from parris.targets.ec2_server.names import server_of

        return self._aws.diagnosis.console(server_of(machine_id) or "")

    def plan_end(self, job: Job, ending: Ending) -> EndPlan:
        """Let the runner save, end what is left of the job, stop the server, release it."""
        return self._ender.plan_end(job, ending)

    def carry_out(self, job: Job, plan: EndPlan) -> None:
        """Ask the runner, withdraw the job, stop or release the server."""
        self._ender.carry_out(job, plan)

    def confirm_ended(self, job: Job, ending: Ending) -> EndObservation:
        """Check what is left."""
        from parris.targets.ec2_server.confirm_end import confirm_ended

        return confirm_ended(self._aws, job, ending)

    def searches(self) -> tuple[Search, ...]:
        """Search the leases of servers and the requests in their queues."""
        from parris.targets.ec2_server.inventory import searches

        return searches(self._aws, self._settings)

    def describe(self, job: Job, ids: Iterable[str]) -> Guide:
        """Return console pages and commands for servers."""
        from parris.targets.ec2_server.describe import describe

        return describe(job, ids)

    def change_in(self, event: Payload) -> Change | None:
        """Return the change of the server of a job."""
        from parris.targets.ec2_server.events import change_in

        return change_in(self._aws, event)

    def machine_of(self, user_id: str) -> str | None:
        """Return the attempt, which is the name of its role session."""
        from parris.targets.ec2_server.names import server_of

        machine_id = user_id.partition(":")[2]
        return None if server_of(machine_id) is None else machine_id


TARGET = Ec2Server
