"""A second, simple target: its machine is one parameter of Systems Manager, and there is no stack.

Its value says what the machine is doing; its tags say whose it is. It can outlive its job, which
`"on-termination": "release"` asks for.
"""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

import boto3
from botocore.exceptions import ClientError

from parris.costs.offer import Proposal
from parris.job import Job
from parris.limits import Limits
from parris.payloads import Payload, maybe_text_in, part_of
from parris.policy import MachineState, Observation
from parris.resource import Guide, Resource, Search
from parris.retention.keep_until import ALWAYS, KEEP_TAG
from parris.targets.spending import Spending
from parris.targets.target import Change, LaunchObservation
from parris.termination.ending import (
    Act,
    ActKind,
    Ending,
    EndObservation,
    EndPlan,
    EndState,
    EndStep,
)
from tests.builders import LAUNCHED_AT

if TYPE_CHECKING:
    from collections.abc import Iterable

NAME = "one-parameter"
_OWNER = "parris:execution"


class OneParameter:
    """Jobs on a parameter."""

    launch_state = "PutParameter"

    def __init__(self, aws: object, settings: object) -> None:
        self._ssm = boto3.Session().client("ssm")  # the default one keeps its first key

    def propose(self, config: Payload, wrong: object, *, are_prices_needed: bool) -> Proposal:
        return Proposal()

    def launch(self, job: Job, now: object) -> str:
        name = f"/machines/{job.training_job_name}"
        if self._value(name) is None:
            tags = [{"Key": _OWNER, "Value": job.execution_arn}]
            self._ssm.put_parameter(Name=name, Value="running", Type="String", Tags=tags)  # type: ignore[arg-type]
        return name

    def clear_failed_launch(self, job: Job, launch_id: str) -> bool:
        self.carry_out(job, EndPlan(EndStep.DELETING, (Act(ActKind.DELETE, launch_id),)))
        return True

    def watch_launch(self, job: Job, launch_id: str) -> LaunchObservation:
        return LaunchObservation(is_complete=True, machine_id=launch_id, launched_at=LAUNCHED_AT)

    def steer(self, job: Job, machine_id: str, identity: str) -> str:
        return f"machines/of-role:{machine_id}"

    def observe(
        self, job: Job, machine_id: str, launched_at: object, reported_state: str | None
    ) -> Observation:
        is_running = self._value(machine_id) == "running"
        state = MachineState.RUNNING if is_running else MachineState.OVER
        return Observation(machine=state, launched_at=LAUNCHED_AT)

    def spending(self, job: Job, launched_at: object, carry: Payload, until: object) -> Spending:
        return Spending(job.rate, job.limits, carry)

    def carried_limits(self, job: Job, carry: Payload) -> Limits:
        return job.limits

    def plan_end(self, job: Job, ending: Ending) -> EndPlan:
        name = ending.launch_id or f"/machines/{job.training_job_name}"
        if self._value(name) is None or not self._is_own(job, name):
            return EndPlan(EndStep.NOTHING_TO_END)
        if job.on_termination == "stop-instance":
            acts = (Act(ActKind.KEEP, name), Act(ActKind.STOP, name))
            return EndPlan(EndStep.STOPPING, acts, kept=(name,), keep_until=ALWAYS)
        if job.on_termination == "release":
            return EndPlan(EndStep.RELEASED, (Act(ActKind.RELEASE, name),))
        if self._value(name) == "running":
            return EndPlan(EndStep.SAVING, (Act(ActKind.STOP, name),))
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
        value = self._value(name)
        left = () if value is None or not self._is_own(job, name) else (name,)
        kept = left if ending.step is EndStep.STOPPING else ()
        is_over = not left or (bool(kept) and value == "off")
        return EndObservation(
            state=EndState.ENDED if is_over else EndState.END_AGAIN,
            left=left,
            launched_at=LAUNCHED_AT,
            kept=kept,
            keep_until=ALWAYS if kept else None,
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

    def _is_own(self, job: Job, name: str) -> bool:
        return self._tags(name).get(_OWNER) == job.execution_arn

    def _tags(self, name: str) -> dict[str, str]:
        listed = self._ssm.list_tags_for_resource(ResourceType="Parameter", ResourceId=name)
        return {tag["Key"]: tag["Value"] for tag in listed["TagList"]}

    def _value(self, name: str) -> str | None:
        try:
            return self._ssm.get_parameter(Name=name)["Parameter"]["Value"]
        except ClientError as err:
            if err.response["Error"]["Code"] == "ParameterNotFound":
                return None
            raise
