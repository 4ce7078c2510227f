"""A second, simple target: its machine is one parameter of Systems Manager, and there is no stack.

Its value says what the machine is doing; its tags say whose it is.
"""

from __future__ import annotations

import boto3
from botocore.exceptions import ClientError

from parris.job import Job
from parris.payloads import Payload
from parris.policy import MachineState, Sighting
from parris.retention.keep_until import ALWAYS, KEEP_TAG
from parris.targets.target import Launched, LaunchSighting
from parris.termination.ending import Act, ActKind, Ending, EndPlan, EndSighting, EndState, EndStep
from parris.validation.violations import Fault
from tests.builders import LAUNCHED_AT, a_job

NAME = "one-parameter"
_OWNER = "parris:execution"


class OneParameter:
    """Jobs on a parameter."""

    def __init__(self, aws: object, settings: object) -> None:
        self._ssm = boto3.Session().client("ssm")  # the default one keeps its first key

    def find_faults(self, config: Payload, template: bytes | None) -> list[Fault]:
        return []

    def launch(self, job: Job, now: object) -> str:
        name = f"/machines/{job.training_job_name}"
        if self._value(name) is None:
            tags = [{"Key": _OWNER, "Value": job.execution_arn}]
            self._ssm.put_parameter(Name=name, Value="running", Type="String", Tags=tags)  # type: ignore[arg-type]
        return name

    def clear_failed_launch(self, job: Job, launch_id: str) -> bool:
        self.carry_out(job, EndPlan(EndStep.DELETING, (Act(ActKind.DELETE, launch_id),)))
        return True

    def watch_launch(self, job: Job, launch_id: str) -> LaunchSighting:
        return LaunchSighting(is_complete=True, machine_id=launch_id, launched_at=LAUNCHED_AT)

    def steer(self, job: Job, machine_id: str, profile_name: str) -> str:
        return f"machines/of-role:{machine_id}"

    def observe(
        self, job: Job, machine_id: str, launched_at: object, reported_state: str | None
    ) -> Sighting:
        is_running = self._value(machine_id) == "running"
        state = MachineState.RUNNING if is_running else MachineState.OVER
        return Sighting(machine=state, launched_at=LAUNCHED_AT)

    def plan_end(self, job: Job, ending: Ending) -> EndPlan:
        name = ending.launch_id
        if name is None or self._value(name) is None or not self._is_own(job, name):
            return EndPlan(EndStep.NOTHING_TO_END)
        if job.on_termination == "stop-instance":
            acts = (Act(ActKind.KEEP, name), Act(ActKind.STOP, name))
            return EndPlan(EndStep.STOPPING, acts, kept=(name,), keep_until=ALWAYS)
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
                case ActKind.STOP:
                    self._ssm.put_parameter(Name=act.resource_id, Value="off", Overwrite=True)
                case _:
                    self._ssm.delete_parameter(Name=act.resource_id)

    def confirm_ended(self, job: Job, ending: Ending) -> EndSighting:
        name = ending.launch_id
        value = None if name is None else self._value(name)
        left = () if name is None or value is None or not self._is_own(job, name) else (name,)
        kept = left if ending.step is EndStep.STOPPING else ()
        is_over = not left or (bool(kept) and value == "off")
        return EndSighting(
            state=EndState.ENDED if is_over else EndState.END_AGAIN,
            stack_status="NONE",
            left=left,
            launched_at=LAUNCHED_AT,
            kept=kept,
            keep_until=ALWAYS if kept else None,
        )

    def find_launched(self, execution_arn: str) -> Launched | None:
        found = [one for one in self.all_launched() if one.job.execution_arn == execution_arn]
        return found[0] if found else None

    def all_launched(self) -> tuple[Launched, ...]:
        described = self._ssm.describe_parameters()["Parameters"]
        names = [one["Name"] for one in described if one["Name"].startswith("/machines/")]
        return tuple(
            Launched(
                a_job(
                    target=NAME,
                    training_job_name=name.rpartition("/")[2],
                    execution_arn=self._tags(name)[_OWNER],
                ),
                name,
                (name,),
                self._tags(name).get(KEEP_TAG),
            )
            for name in names
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
