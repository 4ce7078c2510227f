"""What each handler really answers, asked with gateways and a target that are stand-ins."""

from collections.abc import Iterable
from datetime import UTC, datetime
from types import ModuleType, SimpleNamespace
from typing import Any

import confirm_ended
import create_stack
import poll_termination_condition
import record_outcome
import stop_or_delete_stack
import wait_for_running
from parris.aws.job_item import JobItem
from parris.costs.quote import quote_of
from parris.job import Job
from parris.payloads import Payload
from parris.policy import MachineState, Observation
from parris.resource import Guide
from parris.targets.ec2_stack.describe import describe
from parris.targets.spending import Spending
from parris.targets.target import LaunchObservation
from parris.termination.ending import Ending, EndObservation, EndPlan, EndState, EndStep
from tests.builders import EXECUTION_ARN, LAUNCHED_AT, a_job, a_report

NOW = "2026-11-20T12:10:00.000Z"
_HANDLERS: dict[str, ModuleType] = {
    "CreateStack": create_stack,
    "WaitForRunning": wait_for_running,
    "PollTerminationCondition": poll_termination_condition,
    "StopOrDeleteStack": stop_or_delete_stack,
    "ConfirmEnded": confirm_ended,
    "RecordOutcome": record_outcome,
}
_ITEM = JobItem(EXECUTION_ARN, NOW, False, None, None, None)


class _Target:
    """A machine that runs until it is ended, and is gone then."""

    def launch(self, job: Job, now: datetime) -> str:
        return "stack-id"

    def watch_launch(self, job: Job, launch_id: str, now: datetime) -> LaunchObservation:
        return LaunchObservation(is_complete=True, machine_id="i-1", launched_at=LAUNCHED_AT)

    def steer(self, job: Job, machine_id: str, profile_name: str) -> str:
        return f"machines/AROA1:{machine_id}"

    def spending(self, job: Job, launched_at: object, carry: Payload, until: object) -> Spending:
        return Spending(job.rate, job.limits, carry)

    def observe(self, job: Job, *args: object, **kwargs: object) -> Observation:
        return Observation(MachineState.RUNNING, LAUNCHED_AT, exit=a_report())

    def describe(self, job: Job, ids: Iterable[str]) -> Guide:
        return describe(job, ids)

    def plan_end(self, job: Job, ending: Ending) -> EndPlan:
        return EndPlan(EndStep.DELETING)

    def carry_out(self, job: Job, plan: EndPlan) -> None:
        pass

    def confirm_ended(self, job: Job, ending: Ending) -> EndObservation:
        moment = datetime(2026, 11, 20, 12, 10, 40, tzinfo=UTC)
        return EndObservation(
            EndState.ENDED,
            ("i-1",),
            LAUNCHED_AT,
            moment,
            a_report(),
            part_ends={"volume": moment},
            details={"stack_status": "DELETE_COMPLETE"},
        )


class _Table:
    """A jobs table in which the job's name is free, or its own."""

    def find(self, name: str) -> JobItem:
        return _ITEM

    def begin_check(self, name: str, execution_arn: str) -> JobItem:
        return _ITEM

    def __getattr__(self, name: str) -> Any:
        return lambda *args, **kwargs: True


def real_response(state_name: str) -> Payload:
    """Return what the state's handler answers for a sound job."""
    job = a_job()
    if state_name == "ValidateConfig":
        return {"job": job.to_payload(), "quote": quote_of(job)}
    state: Payload = {
        "job": job.to_payload(),
        "launch": {"launch_id": "stack-id", "created_at": NOW},
        "run": {
            "machine_id": "i-1",
            "machine_prefix": "machines/AROA1:i-1",
            "launched_at": "2026-11-20T12:00:00.000Z",
        },
        "end": {"reason": "COMPLETED", "decided_at": NOW},
        "confirmed": {"state": "ended", "target_details": {"stack_status": "DELETE_COMPLETE"}},
    }
    bucket = SimpleNamespace(
        read=lambda key: None, read_json=lambda key: None, write=lambda key, body: None
    )
    deletion = SimpleNamespace(has_begun=lambda: False)
    deps = SimpleNamespace(
        settings=SimpleNamespace(reaper_rate="rate(1 hour)"),
        target=lambda name: _Target(),
        aws=SimpleNamespace(
            jobs_table=_Table(),
            machines_table=SimpleNamespace(
                note=lambda *noted: None, forget=lambda machine_id: None
            ),
            bucket=bucket,
            deployment_deletion=deletion,
            run_index=SimpleNamespace(put=lambda entry: None),
        ),
    )
    event = {**state, "state": state, "now": NOW}
    answer: Payload = _HANDLERS[state_name].run(event, deps)
    return answer
