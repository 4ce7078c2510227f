"""The target `one-parameter`: its machine is one parameter, whose value says what it is doing.

`running`, `off`, or why AWS refused it. Its tags say whose it is. It can outlive its job, which
`"on-termination": "release"` asks for.
"""

from __future__ import annotations

import dataclasses
from decimal import Decimal
from typing import TYPE_CHECKING

from parris.targets.one_parameter.aws.parameters import Parameter, Parameters

from parris.console import Console
from parris.costs.offer import Offer, Proposal
from parris.costs.rate import Component, Rate, Unit
from parris.errors import CapacityUnavailableError, LaunchFailedError
from parris.payloads import maybe_text_in, part_of, text_in
from parris.policy import MachineState, Observation
from parris.resource import Guide, Resource
from parris.retention.keep_until import ALWAYS, KEEP_TAG, is_expired, keep_until_expiry
from parris.targets.runner_files import MachineFacts, write_machine_files
from parris.targets.runner_reports import RunnerReports
from parris.targets.spending import Spending
from parris.targets.target import Change, LaunchObservation
from parris.termination.ending import (
    DELETING_STEPS,
    Act,
    ActKind,
    EndObservation,
    EndPlan,
    EndState,
    EndStep,
)
from parris.timestamps import format_timestamp, parse_timestamp
from parris.validation.semantics import texts_of
from parris.validation.violations import Violation, shown
from parris.waits import Cause, Wait

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from collections.abc import Set as AbstractSet
    from datetime import datetime

    from parris.aws.gateways import Gateways
    from parris.job import Job
    from parris.limits import Limits
    from parris.payloads import Payload
    from parris.resource import Search
    from parris.settings import Settings
    from parris.termination.ending import Ending

NAME = "one-parameter"
DELETE, KEEP, RELEASE = "delete", "keep", "release"
PARAMETER, STORAGE = "parameter", "storage"
_TIERS = {
    "Advanced": Decimal("0.06"),
    "Broken": Decimal("0.01"),
    "Sold-Out": Decimal("0.01"),
    "Standard": None,
}
"""The hourly price of each in USD; the price of one is unknown."""
_RUNNING, _OFF = "running", "off"
_REFUSED, _BROKEN = "refused: no parameter of the tier Sold-Out is left", "broken"
_FIRST_VALUES = {"Sold-Out": _REFUSED, "Broken": _BROKEN}
_STATES = {
    _RUNNING: MachineState.RUNNING,
    _OFF: MachineState.OVER,
    _REFUSED: MachineState.OVER,
    _BROKEN: MachineState.OVER,
}
_OWNER, _JOB, _WAY = "parris:execution", "parris:job", "parris:on-termination"
_LAUNCHED_AT = "parris:launched-at"
_PRICES = "the target's own list"
_BOOT_TIMEOUT_SECONDS, _RESERVE_SECONDS = 900, 600


class OneParameter:
    """Jobs on a parameter."""

    launch_state = "PutParameter"

    def __init__(self, aws: Gateways, settings: Settings) -> None:
        self._aws, self._settings = aws, settings
        self._root = f"/parris-machines/{settings.deployment}"

    @property
    def _parameters(self) -> Parameters:
        return Parameters(self._aws.clients.client("ssm"))

    def propose(
        self, config: Payload, wrong: AbstractSet[str], *, are_prices_needed: bool
    ) -> Proposal:
        sound = {key: value for key, value in config.items() if key not in wrong}
        tiers, way = texts_of(sound, "tier"), maybe_text_in(sound, "on-termination") or DELETE
        violations = [
            Violation("/tier", shown(tier), f"one of {', '.join(_TIERS)}")
            for tier in tiers
            if tier not in _TIERS
        ]
        if way not in (DELETE, KEEP, RELEASE):
            violations.append(Violation("/on-termination", shown(way), "another end"))
        offers = tuple(_offer(tier) for tier in tiers if tier in _TIERS)
        violations += [
            Violation("/tier", shown(one.title), "a tier whose price is known")
            for one in offers
            if are_prices_needed and one.rate is None
        ]
        return Proposal(
            offers=offers,
            violations=tuple(violations),
            on_termination=way,
            keeps_resources=way == KEEP,
        )

    def launch(self, job: Job, now: datetime) -> str:
        tags = {
            "parris:deployment": job.deployment,
            _OWNER: job.execution_arn,
            _JOB: job.training_job_name,
            _WAY: job.on_termination,
            _LAUNCHED_AT: format_timestamp(now),
        }
        name = self._name_of(job)
        value = _FIRST_VALUES.get(maybe_text_in(job.spec, "tier") or "", _RUNNING)
        self._parameters.create(name, value, tags)
        return name

    def clear_failed_launch(self, job: Job, launch_id: str) -> bool:
        self._parameters.delete(launch_id)
        return True

    def watch_launch(self, job: Job, launch_id: str, now: datetime) -> LaunchObservation:
        found = self._parameters.find(launch_id)
        if found is None or found.value == _BROKEN:
            raise LaunchFailedError(f"the parameter {launch_id} is gone or broken")
        if found.value == _REFUSED:
            raise CapacityUnavailableError(f"{launch_id} was {found.value}")
        return LaunchObservation(
            is_complete=True, machine_id=launch_id, launched_at=_launched_at(found)
        )

    def steer(self, job: Job, machine_id: str, identity: str) -> str:
        user_id = f"parameter:{machine_id.rpartition('/')[2]}"
        facts = MachineFacts(machine_id, user_id)
        return write_machine_files(self._aws, self._settings, job, facts)

    def observe(
        self, job: Job, machine_id: str, launched_at: datetime, reported_state: str | None
    ) -> Observation:
        found = self._parameters.find(machine_id)
        reports = RunnerReports(self._aws.bucket, job)
        report = reports.exit_report()
        is_over = found is None or reported_state is not None
        return Observation(
            machine=MachineState.OVER if found is None or is_over else _STATES[found.value],
            launched_at=launched_at,
            exit=report,
            signs=reports.signs_of_life(report),
        )

    def spending(
        self, job: Job, launched_at: datetime, carry: Payload, until: datetime
    ) -> Spending:
        return Spending(job.rate, job.limits, carry)

    def carried_limits(self, job: Job, carry: Payload) -> Limits:
        return job.limits

    def failed_check(self, machine_id: str) -> str | None:
        return None

    def console(self, machine_id: str) -> Console:
        return Console("", refusal="a parameter has none")

    def plan_end(self, job: Job, ending: Ending) -> EndPlan:
        found = self._own(job)
        if found is None:
            return EndPlan(EndStep.NOTHING_TO_END)
        may_go = ending.is_keep_expired and is_expired(found.tags.get(KEEP_TAG), ending.now)
        if job.on_termination == RELEASE:
            return EndPlan(EndStep.RELEASED, (Act(ActKind.RELEASE, found.name),))
        stop = (Act(ActKind.STOP, found.name),) if found.value == _RUNNING else ()
        if job.on_termination == KEEP and not may_go:
            return _keeping(EndStep.STOPPING, ALWAYS, found, stop)
        if _STATES[found.value] is not MachineState.OVER:
            return EndPlan(EndStep.SAVING, stop)
        is_deleting = ending.step in DELETING_STEPS
        reports = RunnerReports(self._aws.bucket, job)
        if not is_deleting and not may_go and reports.holds_unsaved_results():
            expiry = keep_until_expiry(ending.now, self._settings.keep_unverified_days)
            return _keeping(EndStep.KEPT, expiry, found)
        return EndPlan(EndStep.DELETING, (Act(ActKind.DELETE, found.name),))

    def carry_out(self, job: Job, plan: EndPlan) -> None:
        parameters = self._parameters
        calls: dict[ActKind, Callable[[str], None]] = {
            ActKind.KEEP: lambda name: parameters.tag(name, KEEP_TAG, str(plan.keep_until)),
            ActKind.STOP: lambda name: parameters.write(name, _OFF),
            ActKind.RELEASE: lambda name: parameters.untag(name, _OWNER),
            ActKind.DELETE: parameters.delete,
        }
        for act in plan.acts:
            calls[act.kind](act.resource_id)

    def confirm_ended(self, job: Job, ending: Ending) -> EndObservation:
        found = self._own(job)
        is_over = found is None or _STATES[found.value] is MachineState.OVER
        keep_until = None if found is None else found.tags.get(KEEP_TAG)
        is_kept = keep_until is not None and ending.step in (EndStep.KEPT, EndStep.STOPPING)
        if not is_over:
            state = EndState.ENDING
        elif found is None or is_kept:
            state = EndState.ENDED
        else:
            state = EndState.END_AGAIN
        left = () if found is None else (found.name,)
        return EndObservation(
            state=state,
            left=left,
            launched_at=None if found is None else _launched_at(found),
            exit=RunnerReports(self._aws.bucket, job).exit_report(),
            kept=left if is_kept else (),
            keep_until=keep_until if is_kept else None,
            next_check_seconds=1 if state is EndState.END_AGAIN else None,
            wait=Wait.LEFTOVERS if is_over else Wait.SAVING,
            is_machine_alive=not is_over,
            part_ends={STORAGE: ending.now} if found is None else {},
        )

    def searches(self) -> tuple[Search, ...]:
        def parameters(execution_arn: str | None) -> tuple[Resource, ...]:
            found = self._parameters.below(self._root)
            owned = (one for one in found if _OWNER in one.tags)
            return tuple(
                _resource(one) for one in owned if execution_arn in (None, one.tags[_OWNER])
            )

        return (parameters,)

    def describe(self, job: Job, ids: Iterable[str]) -> Guide:
        return Guide(tuple(_described(one) for one in ids if one.startswith(self._root)))

    def change_in(self, event: Payload) -> Change | None:
        detail = part_of(event, "detail")
        name = maybe_text_in(detail, "name")
        if event.get("source") != "aws.ssm" or name is None:
            return None
        operation = text_in(detail, "operation")
        if operation == "Create":
            # Its name ends with that of the execution: the job's name, the time and a random part.
            job_name = name.rpartition("/")[2].rsplit("-", 2)[0]
            return Change(Cause.LAUNCHED, training_job_name=job_name, launch_id=name)
        return Change(Cause.MACHINE_OVER, machine_id=name, state=operation)

    def machine_of(self, user_id: str) -> str | None:
        kind, _, name = user_id.partition(":")
        return f"{self._root}/{name}" if kind == "parameter" else None

    def _name_of(self, job: Job) -> str:
        # The execution's name, so that no file of an earlier run of the job is believed.
        return f"{self._root}/{job.execution_arn.rpartition(':')[2]}"

    def _own(self, job: Job) -> Parameter | None:
        found = self._parameters.find(self._name_of(job))
        is_own = found is not None and found.tags.get(_OWNER) == job.execution_arn
        return found if is_own else None


def _offer(tier: str) -> Offer:
    usd = _TIERS[tier]
    storage = Component(
        STORAGE, Decimal("0.1"), _PRICES, "", Unit.GIB_MONTH, reserve_seconds=_RESERVE_SECONDS
    )
    rate = None
    if usd is not None:
        rate = Rate((Component(PARAMETER, usd, _PRICES, "", minimum_seconds=60), storage))
    return Offer(tier, rate, _BOOT_TIMEOUT_SECONDS, spec={"tier": tier})


def _launched_at(found: Parameter) -> datetime:
    return parse_timestamp(found.tags[_LAUNCHED_AT])


def _keeping(
    step: EndStep, keep_until: str, found: Parameter, acts: tuple[Act, ...] = ()
) -> EndPlan:
    """Return a plan that marks the parameter as kept, unless it is, before it acts."""
    marked = found.tags.get(KEEP_TAG)
    mark = () if marked else (Act(ActKind.KEEP, found.name),)
    return EndPlan(step, (*mark, *acts), kept=(found.name,), keep_until=marked or keep_until)


def _described(name: str) -> Resource:
    return Resource(
        target=NAME,
        kind="parameter",
        resource_id=name,
        console_url=f"https://console.aws.amazon.com/systems-manager/parameters{name}",
        removal_command=f"aws ssm delete-parameter --name {name}",
        runs_job=True,
        is_billed=True,
    )


def _resource(found: Parameter) -> Resource:
    return dataclasses.replace(
        _described(found.name),
        state=found.value,
        owner_arn=found.tags[_OWNER],
        training_job_name=found.tags.get(_JOB, ""),
        on_termination=found.tags.get(_WAY, ""),
        keep_until=found.tags.get(KEEP_TAG),
        is_over=_STATES.get(found.value) is MachineState.OVER,
        is_state_known=found.value in _STATES,
        is_billed=found.value != _OFF,
    )


TARGET = OneParameter
