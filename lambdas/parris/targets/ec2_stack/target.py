"""The target `ec2-stack`: one EC2 instance per job, in its own CloudFormation stack.

The code for launching, ending, checking and finding is imported where it is used: a check of a
running job needs none of it, and most checks start cold.
"""

from __future__ import annotations

import re
from functools import cached_property
from typing import TYPE_CHECKING

from parris.ec2.instance_states import MACHINE_STATES, SELF_SHUTDOWN
from parris.policy import MachineState, Observation
from parris.targets.ec2_stack.aws.gateways import Ec2Gateways
from parris.targets.runner_reports import RunnerReports
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
    from parris.resource import Guide, Search
    from parris.settings import Settings
    from parris.targets.ec2_stack.aws.instances import Instance
    from parris.targets.ec2_stack.end_stack import StackEnder
    from parris.targets.ec2_stack.launch import StackLauncher
    from parris.targets.ec2_stack.settings import Ec2StackSettings
    from parris.targets.target import Change, LaunchObservation
    from parris.termination.ending import Ending, EndObservation, EndPlan

_INSTANCE_ID = re.compile(r"i-[0-9a-f]+")
_INTERRUPTION = "Server.SpotInstanceTermination"


class Ec2Stack:
    """Runs each job on its own instance."""

    launch_state = "CreateStack"

    def __init__(self, aws: Gateways, settings: Settings) -> None:
        self._aws = aws.once(Ec2Gateways)
        self._settings = settings

    @cached_property
    def _own_settings(self) -> Ec2StackSettings:
        from parris.targets.ec2_stack.settings import Ec2StackSettings

        return Ec2StackSettings.of(self._settings)

    @cached_property
    def _launcher(self) -> StackLauncher:
        from parris.targets.ec2_stack.launch import StackLauncher

        return StackLauncher(self._aws, self._own_settings)

    @cached_property
    def _ender(self) -> StackEnder:
        from parris.targets.ec2_stack.end_stack import StackEnder

        return StackEnder(self._aws, self._own_settings)

    def propose(
        self, config: Payload, wrong: AbstractSet[str], *, are_prices_needed: bool
    ) -> Proposal:
        """Check the prices, images, role, template and input data of the config."""
        from parris.targets.ec2_stack.propose import propose

        return propose(
            self._aws, self._own_settings, config, wrong, are_prices_needed=are_prices_needed
        )

    def launch(self, job: Job, now: datetime) -> str | None:
        """Start to create the stack; return None while another stack of this name exists."""
        return self._launcher.launch(job, now)

    def clear_failed_launch(self, job: Job, launch_id: str) -> bool:
        """Delete the failed stack and return whether it is gone."""
        return self._launcher.clear_failed_launch(job, launch_id)

    def watch_launch(self, job: Job, launch_id: str, now: datetime) -> LaunchObservation:
        """Check the stack and, as soon as it exists, its instance."""
        return self._launcher.watch_launch(job, launch_id, now)

    def steer(self, job: Job, machine_id: str, identity: str) -> str:
        """Write the files where only this instance can read them, and no instance can write."""
        from parris.targets.ec2_stack.steering import steer_machine

        return steer_machine(self._aws, self._own_settings, job, machine_id, identity)

    def observe(
        self, job: Job, machine_id: str, launched_at: datetime, reported_state: str | None
    ) -> Observation:
        """Check the instance first, then the files of its runner.

        In this order, a runner that finishes in between counts. So does an event that is ahead of
        EC2's response.
        """
        instance = self._aws.instances.find(machine_id)
        states = ["terminated" if instance is None else instance.state, reported_state]
        reports = RunnerReports(self._aws.bucket, job)
        report = reports.exit_report()
        return Observation(
            machine=max(
                (MACHINE_STATES[state] for state in states if state is not None),
                key=list(MachineState).index,
            ),
            launched_at=launched_at,
            exit=report,
            did_shut_itself_down=_did_shut_itself_down(instance),
            was_interrupted=instance is not None and instance.state_reason == _INTERRUPTION,
            signs=reports.signs_of_life(report),
        )

    def spending(
        self, job: Job, launched_at: datetime, carry: Payload, until: datetime
    ) -> Spending:
        """Calculate the cost from the job's rate, or from the zone's spot prices."""
        if not job.has_variable_price:
            return Spending(job.rate, job.limits, carry)
        from parris.targets.ec2_stack.spot_bill import spot_spending

        return spot_spending(self._aws, job, launched_at, carry, until)

    def carried_limits(self, job: Job, carry: Payload) -> Limits:
        """Return the limits with a spot instance's remaining budget as of the last check."""
        if not job.has_variable_price:
            return job.limits
        from parris.ec2.spot_bill import carried_limits

        return carried_limits(job.limits, carry)

    def failed_check(self, machine_id: str) -> str | None:
        """Query EC2's status checks of the instance."""
        return self._aws.diagnosis.failed_check(machine_id)

    def console(self, machine_id: str) -> Console:
        """Read the instance's console."""
        return self._aws.diagnosis.console(machine_id)

    def plan_end(self, job: Job, ending: Ending) -> EndPlan:
        """Stop the instance so that it saves, verify the results, then delete or keep the stack."""
        return self._ender.plan_end(job, ending)

    def carry_out(self, job: Job, plan: EndPlan) -> None:
        """Mark kept resources, then stop, terminate or delete."""
        self._ender.carry_out(job, plan)

    def confirm_ended(self, job: Job, ending: Ending) -> EndObservation:
        """Check what is left."""
        from parris.targets.ec2_stack.confirm_end import confirm_ended

        return confirm_ended(self._aws, job, ending)

    def searches(self) -> tuple[Search, ...]:
        """Search instances, volumes and stacks by their tags."""
        from parris.targets.ec2_stack.inventory import searches

        return searches(self._aws, self._settings)

    def describe(self, job: Job, ids: Iterable[str]) -> Guide:
        """Return console pages and commands for instances, volumes and stacks."""
        from parris.targets.ec2_stack.describe import describe

        return describe(job, ids)

    def change_in(self, event: Payload) -> Change | None:
        """Return the change of an instance or of a stack."""
        from parris.targets.ec2_stack.events import change_in

        return change_in(event)

    def machine_of(self, user_id: str) -> str | None:
        """Return the instance id, which is the name of an instance's role session."""
        machine_id = user_id.partition(":")[2]
        return machine_id if _INSTANCE_ID.fullmatch(machine_id) else None


def _did_shut_itself_down(instance: Instance | None) -> bool | None:
    if instance is None or not instance.state_reason:
        return None
    return instance.state_reason == SELF_SHUTDOWN


TARGET = Ec2Stack
