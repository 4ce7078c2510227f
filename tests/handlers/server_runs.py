"""Runs on servers, driven from function to function as the states drive them."""

import dataclasses
import json
from typing import Any

import confirm_ended
import poll_termination_condition
import record_outcome
import release_server
import start_server
import wait_for_running
from embedded_aws import EmbeddedAws
from embedded_aws.context import current
from parris.entrypoint import Deps
from parris.job import Job
from parris.payloads import Payload, part_of, text_in
from parris.targets.ec2_server.aws.gateways import ServerGateways
from parris.targets.ec2_server.aws.leases import Leases
from parris.targets.ec2_server.lease import Lease
from parris.timestamps import format_timestamp
from tests.builders import EXECUTION_ARN
from tests.handlers.conftest import put_json
from tests.handlers.virtual_time import await_result
from tests.targets.conformance.server_stage import a_server_job


def now() -> str:
    return format_timestamp(current().clock.now())


class OneRun:
    """One run, driven from function to function."""

    def __init__(self, deps: Deps, job: Job) -> None:
        self._deps = deps
        self.job = dataclasses.replace(job, submitted_at=now())
        self.state: dict[str, Any] = {"job": self.job.to_payload()}

    def start(self) -> None:
        self.state |= start_server.run({"state": self.state, "now": now()}, self._deps)

    def check(self) -> Payload:
        self.state["run"] = wait_for_running.run({"state": self.state, "now": now()}, self._deps)
        return part_of(self.state, "run")

    def until_running(self) -> Payload:
        def check() -> Payload:
            if self.check()["status"] == "launch-again":
                self.start()
            return part_of(self.state, "run")

        return await_result(check, lambda run: run["status"] == "running")

    def poll(self) -> Payload:
        return poll_termination_condition.run({"state": self.state, "now": now()}, self._deps)

    def end(self, reason: str = "ABORTED") -> list[str]:
        self.state["end"] = {"reason": reason, "decided_at": now()}
        steps: list[str] = []
        while len(steps) < 6:
            cleanup = release_server.run({"state": self.state, "now": now()}, self._deps)
            self.state["cleanup"] = cleanup
            steps.append(text_in(cleanup, "step"))
            seen = await_result(self.confirm, lambda seen: seen["state"] != "ending", 5)
            if seen["state"] == "ended":
                return steps
        raise AssertionError(f"it does not end: {steps}")

    def confirm(self) -> Payload:
        self.state["confirmed"] = confirm_ended.run({"state": self.state, "now": now()}, self._deps)
        return part_of(self.state, "confirmed")

    def record(self) -> Payload:
        return part_of(
            record_outcome.run({"state": self.state, "now": now()}, self._deps), "outcome"
        )

    @property
    def machine_id(self) -> str:
        return text_in(part_of(self.state, "launch"), "launch_id")

    @property
    def lease(self) -> Lease:
        return leases_of(self._deps).find(self.server_id)

    @property
    def server_id(self) -> str:
        return str(self.job.spec["server_id"])


def leases_of(deps: Deps) -> Leases:
    return deps.aws.once(ServerGateways).leases


def an_execution(aws: EmbeddedAws, name: str, job: Job | None = None) -> str:
    """Return the ARN of an execution that sleeps, in a state with the job."""
    states = aws.client("stepfunctions")
    wait = {"StartAt": "Sleep", "States": {"Sleep": {"Type": "Wait", "Seconds": 9999, "End": True}}}
    machine = states.create_state_machine(
        name="parris-training",
        definition=json.dumps(wait),
        roleArn="arn:aws:iam::123456789012:role/x",
    )["stateMachineArn"]
    given = json.dumps({} if job is None else {"job": job.to_payload()})
    started = states.start_execution(stateMachineArn=machine, name=name, input=given)
    return str(started["executionArn"])


def a_run(deps: Deps, aws: EmbeddedAws, spec: dict[str, Any] | None = None, **job: Any) -> OneRun:
    made = a_server_job(aws, **job)
    return OneRun(deps, dataclasses.replace(made, spec={**made.spec, **(spec or {})}))


def a_waiting_run(
    deps: Deps, aws: EmbeddedAws, name: str, *, lives: bool = True, **job: Any
) -> OneRun:
    arn = an_execution(aws, name) if lives else f"{EXECUTION_ARN}-{name}"
    names = {"execution_arn": arn, "training_job_name": name, "job_id": name}
    run = a_run(deps, aws, {"may_wait": True}, **names, **job)
    run.start()
    assert run.check()["status"] == "starting"
    return run


def server_ends(aws: EmbeddedAws, run: OneRun, how: str = "exited") -> None:
    """Write what the service writes once no process of the job is left."""
    put_json(aws, f"servers/{run.server_id}/{run.machine_id}/ended.json", {"how": how})


def handed_over(deps: Deps, run: OneRun) -> Payload | None:
    return deps.aws.bucket.read_json(f"servers/{run.server_id}/job.json")
