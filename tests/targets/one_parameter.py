"""A second, simple target: its machine is one parameter of Systems Manager, without a stack.

Its value says what the machine is doing; its tags say whose it is. It can outlive its job, which
`"on-termination": "release"` asks for.
"""

from __future__ import annotations

import dataclasses
from decimal import Decimal
from typing import TYPE_CHECKING

import boto3
from botocore.exceptions import ClientError

from parris.costs.offer import Offer, Proposal
from parris.costs.rate import Component, Rate, Unit
from parris.errors import CapacityUnavailableError
from parris.job import Job
from parris.limits import Limits
from parris.payloads import Payload, maybe_text_in, part_of
from parris.policy import MachineState, Observation
from parris.resource import Guide, Resource, Search
from parris.retention.keep_until import ALWAYS, KEEP_TAG, is_expired, keep_until_expiry
from parris.targets.console import Console
from parris.targets.runner_files import MachineFacts, write_machine_files
from parris.targets.runner_reports import RunnerReports
from parris.targets.spending import Spending
from parris.targets.target import Change, LaunchObservation
from parris.termination.ending import (
    DELETING_STEPS,
    Act,
    ActKind,
    Ending,
    EndObservation,
    EndPlan,
    EndState,
    EndStep,
)
from parris.validation.semantics import texts_of
from parris.validation.violations import Violation, shown
from tests.builders import LAUNCHED_AT

if TYPE_CHECKING:
    from collections.abc import Iterable
    from collections.abc import Set as AbstractSet

    from parris.aws.gateways import Gateways
    from parris.settings import Settings

NAME = "one-parameter"
KEEP, RELEASE, DELETE = "keep", "release", "delete"
MACHINE, STORAGE = "machine", "storage"
TIERS = {"Advanced": Decimal("0.05"), "Sold-Out": Decimal("0.01"), "Standard": None}
"""The hourly price of each in USD; the price of one is unknown."""

_OWNER, _AT_END = "parris:execution", "parris:on-termination"
_REFUSED = "refused: no parameter of the tier Sold-Out is left"
_RESERVE_SECONDS = 600


class OneParameter:
    """Jobs on a parameter."""

    launch_state = "PutParameter"

    def __init__(self, aws: Gateways, settings: Settings) -> None:
        self._aws = aws
        self._settings = settings
        self._ssm = boto3.Session().client("ssm")  # the default one keeps its first key

    def propose(
        self, config: Payload, wrong: AbstractSet[str], *, are_prices_needed: bool
    ) -> Proposal:
        sound = {key: value for key, value in config.items() if key not in wrong}
        tiers = texts_of(sound, "tier")
        on_termination = maybe_text_in(sound, "on-termination") or DELETE
        violations = [
            Violation("/tier", shown(tier), f"one of {', '.join(TIERS)}")
            for tier in tiers
            if tier not in TIERS
        ]
        if on_termination not in (KEEP, RELEASE, DELETE):
            violations.append(Violation("/on-termination", shown(on_termination), "another end"))
        offers = tuple(_offer(tier) for tier in tiers if tier in TIERS)
        violations += [
            Violation("/tier", shown(one.title), "a tier whose price is known")
            for one in offers
            if are_prices_needed and one.rate is None
        ]
        return Proposal(
            offers=offers,
            violations=tuple(violations),
            on_termination=on_termination,
            keeps_resources=on_termination == KEEP,
        )

    def launch(self, job: Job, now: object) -> str:
        name = f"/machines/{job.training_job_name}"
        if self._value(name) is None:
            value = _REFUSED if job.spec.get("tier") == "Sold-Out" else "running"
            tags = {_OWNER: job.execution_arn, _AT_END: job.on_termination}
            listed = [{"Key": key, "Value": text} for key, text in tags.items()]
            self._ssm.put_parameter(Name=name, Value=value, Type="String", Tags=listed)  # type: ignore[arg-type]
        return name

    def clear_failed_launch(self, job: Job, launch_id: str) -> bool:
        self.carry_out(job, EndPlan(EndStep.DELETING, (Act(ActKind.DELETE, launch_id),)))
        return True

    def watch_launch(self, job: Job, launch_id: str) -> LaunchObservation:
        value = self._value(launch_id)
        if value == _REFUSED:
            raise CapacityUnavailableError(f"{launch_id} was {value}")
        return LaunchObservation(is_complete=True, machine_id=launch_id, launched_at=LAUNCHED_AT)

    def steer(self, job: Job, machine_id: str, identity: str) -> str:
        facts = MachineFacts(machine_id, user_id=f"of-role:{machine_id}")
        return write_machine_files(self._aws, self._settings, job, facts)

    def observe(
        self, job: Job, machine_id: str, launched_at: object, reported_state: str | None
    ) -> Observation:
        is_running = self._value(machine_id) == "running" and reported_state is None
        state = MachineState.RUNNING if is_running else MachineState.OVER
        reports = RunnerReports(self._aws.bucket, job)
        report = reports.exit_report()
        signs = reports.signs_of_life(report)
        return Observation(state, launched_at=LAUNCHED_AT, exit=report, signs=signs)

    def spending(self, job: Job, launched_at: object, carry: Payload, until: object) -> Spending:
        return Spending(job.rate, job.limits, carry)

    def carried_limits(self, job: Job, carry: Payload) -> Limits:
        return job.limits

    def failed_check(self, machine_id: str) -> str | None:
        return None

    def console(self, machine_id: str) -> Console:
        return Console("", refusal="a parameter has none")

    def plan_end(self, job: Job, ending: Ending) -> EndPlan:
        name = ending.launch_id or f"/machines/{job.training_job_name}"
        value, tags = self._value(name), self._tags(name)
        if value is None or tags.get(_OWNER) != job.execution_arn:
            return EndPlan(EndStep.NOTHING_TO_END)
        mark = tags.get(KEEP_TAG)
        may_go = ending.is_keep_expired and is_expired(mark, ending.now)
        if job.on_termination == KEEP and not may_go:
            acts = (Act(ActKind.KEEP, name), Act(ActKind.STOP, name))
            return EndPlan(EndStep.STOPPING, acts, kept=(name,), keep_until=ALWAYS)
        if job.on_termination == RELEASE:
            return EndPlan(EndStep.RELEASED, (Act(ActKind.RELEASE, name),))
        if value == "running":
            return EndPlan(EndStep.SAVING, (Act(ActKind.STOP, name),))
        is_to_be_kept = ending.step not in DELETING_STEPS and not may_go
        if is_to_be_kept and RunnerReports(self._aws.bucket, job).holds_unsaved_results():
            until = mark or keep_until_expiry(ending.now, self._settings.keep_unverified_days)
            act = Act(ActKind.KEEP, name)
            return EndPlan(EndStep.KEPT, (act,), kept=(name,), keep_until=until)
        return EndPlan(EndStep.DELETING, (Act(ActKind.DELETE, name),))

    def carry_out(self, job: Job, plan: EndPlan) -> None:
        for act in plan.acts:
            match act.kind:
                case ActKind.KEEP:
                    self._ssm.add_tags_to_resource(
                        ResourceType="Parameter",
                        ResourceId=act.resource_id,
                        Tags=[{"Key": KEEP_TAG, "Value": str(plan.keep_until)}],
                    )
                case ActKind.RELEASE:
                    self._ssm.remove_tags_from_resource(
                        ResourceType="Parameter", ResourceId=act.resource_id, TagKeys=[_OWNER]
                    )
                case ActKind.STOP:
                    self._ssm.put_parameter(Name=act.resource_id, Value="off", Overwrite=True)
                case _:
                    self._ssm.delete_parameter(Name=act.resource_id)

    def confirm_ended(self, job: Job, ending: Ending) -> EndObservation:
        name = ending.launch_id or f"/machines/{job.training_job_name}"
        value, tags = self._value(name), self._tags(name)
        is_there = value is not None and tags.get(_OWNER) == job.execution_arn
        left = (name,) if is_there else ()
        kept = left if ending.step in (EndStep.STOPPING, EndStep.KEPT) else ()
        is_over = not left or (bool(kept) and value == "off")
        return EndObservation(
            state=EndState.ENDED if is_over else EndState.END_AGAIN,
            left=left,
            launched_at=LAUNCHED_AT,
            exit=RunnerReports(self._aws.bucket, job).exit_report(),
            kept=kept,
            keep_until=tags.get(KEEP_TAG) if kept else None,
            is_machine_alive=is_there and value == "running",
            part_ends={} if left else {STORAGE: ending.now},
        )

    def searches(self) -> tuple[Search, ...]:
        return (self._find,)

    def describe(self, job: Job, ids: Iterable[str]) -> Guide:
        return Guide(tuple(self._described(one) for one in ids))

    def change_in(self, event: Payload) -> Change | None:
        name = maybe_text_in(part_of(event, "detail"), "name")
        return None if event.get("source") != "aws.ssm" or name is None else Change(name, "off")

    def _find(self, execution_arn: str | None) -> tuple[Resource, ...]:
        described = self._ssm.describe_parameters()["Parameters"]
        found = tuple(
            dataclasses.replace(
                self._described(name),
                state=str(self._value(name)),
                owner_arn=tags[_OWNER],
                training_job_name=name.rpartition("/")[2],
                on_termination=tags[_AT_END],
                keep_until=tags.get(KEEP_TAG),
                is_over=self._value(name) == "off",
            )
            for one in described
            if (name := one["Name"]).startswith("/machines/")
            for tags in (self._tags(name),)
            if _OWNER in tags  # else a job has released it, or never had it
        )
        return tuple(one for one in found if execution_arn in (None, one.owner_arn))

    def _described(self, name: str) -> Resource:
        return Resource(
            target=NAME,
            kind="parameter",
            resource_id=name,
            console_url=f"https://console.example/parameters{name}",
            removal_command=f"aws ssm delete-parameter --name {name}",
            runs_job=True,
            is_billed=True,
        )

    def _tags(self, name: str) -> dict[str, str]:
        if self._value(name) is None:
            return {}
        listed = self._ssm.list_tags_for_resource(ResourceType="Parameter", ResourceId=name)
        return {tag["Key"]: tag["Value"] for tag in listed["TagList"]}

    def _value(self, name: str) -> str | None:
        try:
            return self._ssm.get_parameter(Name=name)["Parameter"]["Value"]
        except ClientError as err:
            if err.response["Error"]["Code"] == "ParameterNotFound":
                return None
            raise


def _offer(tier: str) -> Offer:
    usd, source = TIERS[tier], "the list of a test"
    machine = [] if usd is None else [Component(MACHINE, usd, source, "", minimum_seconds=60)]
    storage = Component(
        STORAGE, Decimal("0.1"), source, "", Unit.GIB_MONTH, reserve_seconds=_RESERVE_SECONDS
    )
    rate = Rate((*machine, storage)) if machine else None
    return Offer(title=tier, rate=rate, boot_timeout_seconds=60, spec={"tier": tier})
