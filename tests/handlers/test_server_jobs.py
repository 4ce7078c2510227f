"""Jobs on servers, from the lease to the release, as the states drive them."""

import dataclasses
import json
from datetime import timedelta
from typing import Any

import pytest
from moto.ec2.models import ec2_backends

import confirm_ended
import poll_termination_condition
import record_outcome
import release_server
import start_server
import wait_for_running
import wake
from embedded_aws import EmbeddedAws
from embedded_aws.arm_faults import arm
from embedded_aws.context import current
from embedded_aws.fault_injection.fault import Fault, FaultKind
from parris.entrypoint import Deps
from parris.errors import LaunchFailedError, ResourceBusyError
from parris.job import Job
from parris.payloads import Payload, part_of, text_in
from parris.targets.ec2_server.aws.gateways import ServerGateways
from parris.targets.ec2_server.aws.leases import Leases
from parris.targets.ec2_server.lease import Lease, start_requested
from parris.timestamps import format_timestamp
from tests.builders import BUCKET, EXECUTION_ARN, a_rate, some_limits
from tests.handlers.conftest import put_json
from tests.handlers.virtual_time import await_result, let_pass
from tests.targets.conformance.server_stage import (
    KIND,
    a_server_job,
    held,
    servers,
    state_of,
    wait_for,
)


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


def an_execution(aws: EmbeddedAws, name: str) -> str:
    """Return the ARN of an execution that sleeps."""
    states = aws.client("stepfunctions")
    wait = {"StartAt": "Sleep", "States": {"Sleep": {"Type": "Wait", "Seconds": 9999, "End": True}}}
    machine = states.create_state_machine(
        name="parris-training",
        definition=json.dumps(wait),
        roleArn="arn:aws:iam::123456789012:role/x",
    )["stateMachineArn"]
    return str(states.start_execution(stateMachineArn=machine, name=name)["executionArn"])


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


def test_a_second_request_is_refused_and_says_until_when(deps: Deps, aws: EmbeddedAws) -> None:
    first = a_run(deps, aws)
    first.start()
    other = a_run(deps, aws, execution_arn=f"{EXECUTION_ARN}-2", training_job_name="rose")
    # Taken at 12:00, with an hour's limit.
    with pytest.raises(ResourceBusyError, match=r"busy with the job iris, until about 13:0\d UTC"):
        other.start()
    assert held(aws) == {first.machine_id}


def test_the_job_is_handed_over_with_what_the_service_needs(
    deps: Deps, aws: EmbeddedAws, woken: list[tuple[str, str]]
) -> None:
    run = a_run(deps, aws)
    run.start()
    assert woken == []
    state = run.until_running()
    found = handed_over(deps, run)
    assert found is not None
    user_id = f"AROASERVERJOBS:{run.machine_id}"
    assert found["machine_id"] == found["role_session_name"] == run.machine_id
    assert (found["user_id"], found["steering_prefix"]) == (user_id, f"steering/{user_id}/")
    assert state["machine_prefix"] == f"machines/{user_id}"
    assert found["is_server_to_stop"] is True
    assert deps.aws.bucket.read("servers/service.zip") is not None


def test_a_server_goes_from_run_to_run_and_is_stopped_after_the_last(
    deps: Deps, aws: EmbeddedAws
) -> None:
    first = a_run(deps, aws)
    first.start()
    first.until_running()
    second, dead = a_waiting_run(deps, aws, "rose"), a_waiting_run(deps, aws, "tulip", lives=False)
    # It is not stopped while somebody waits for it.
    server_ends(aws, first)
    assert first.end() == ["released"]
    assert state_of(aws, first.server_id) == "running"
    assert handed_over(deps, first) is None
    assert second.until_running()["machine_id"] == second.machine_id
    holder = second.lease.holder_of(second.machine_id)
    assert holder is not None
    assert (holder.is_started_by_us, holder.start_requested_at) == (True, None)
    # The other run that waited is dead: nobody would stop the server but this one.
    server_ends(aws, second)
    assert second.end() == ["released", "deleting", "released"]
    assert state_of(aws, first.server_id) == "stopped"
    assert held(aws) == set()
    assert dead.end() == ["nothing-to-end"]


def test_a_run_that_waits_can_be_stopped_and_costs_nothing(deps: Deps, aws: EmbeddedAws) -> None:
    first = a_run(deps, aws)
    first.start()
    waiting = a_waiting_run(deps, aws, "rose")
    let_pass(3600)
    deps.aws.jobs_table.note("rose", waiting.job.execution_arn, {"stop_requested_at": now()})
    assert waiting.check()["status"] == "running"
    assert waiting.poll()["reason"] == "ABORTED"
    assert waiting.end() == ["nothing-to-end"]
    outcome = waiting.record()
    assert (outcome["estimated_cost_usd"], outcome["runtime_seconds"]) == ("0.0000", 0)
    assert held(aws) == {first.machine_id}


@pytest.fixture
def woken(deps: Deps, monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str]]:
    sent: list[tuple[str, str]] = []
    monkeypatch.setattr(deps.aws.signals, "request_check", lambda *request: sent.append(request))
    return sent


def test_a_run_waits_no_longer_than_until_its_clock_time(deps: Deps, aws: EmbeddedAws) -> None:
    a_run(deps, aws).start()
    began_at = current().clock.now()
    limits = some_limits().with_clock_time(began_at + timedelta(seconds=1000), began_at)
    waiting = a_waiting_run(deps, aws, "rose", limits=limits)
    let_pass(900)
    # A machine that is launched now has a hundred seconds, a fifth of which are to save and stop.
    assert int(str(waiting.check()["sleep_seconds"])) <= 80
    let_pass(100)
    with pytest.raises(LaunchFailedError, match="nothing had been launched"):
        waiting.check()
    assert waiting.end("LAUNCH_FAILED") == ["nothing-to-end"]


def test_a_server_that_ran_before_is_left_running_and_bills_no_minimum(
    deps: Deps, aws: EmbeddedAws, woken: list[tuple[str, str]]
) -> None:
    run = a_run(deps, aws, rate=a_rate("36"))
    aws.client("ec2").start_instances(InstanceIds=[run.server_id])
    wait_for(aws, run.server_id, "running")
    run.start()
    # No event is to come that would wake it.
    assert woken == [(run.job.training_job_name, run.job.execution_arn)]
    assert deps.aws.bucket.read("servers/service.zip") is not None
    run.until_running()
    let_pass(10)
    server_ends(aws, run)
    assert run.end() == ["released"]
    assert state_of(aws, run.server_id) == "running"
    # Ten seconds and what the checks take, not the minute that EC2 bills at a start.
    assert float(str(run.record()["estimated_cost_usd"])) < 0.3


def test_a_server_that_is_still_stopping_is_started_when_it_is_off(
    deps: Deps, aws: EmbeddedAws
) -> None:
    run = a_run(deps, aws)
    ec2 = aws.client("ec2")
    ec2.start_instances(InstanceIds=[run.server_id])
    wait_for(aws, run.server_id, "running")
    ec2.stop_instances(InstanceIds=[run.server_id])
    run.start()
    run.until_running()
    assert run.lease.holder is not None
    assert run.lease.holder.is_started_by_us
    assert run.end() == ["deleting", "released"]
    assert state_of(aws, run.server_id) == "stopped"


def test_a_start_that_falls_back_fails_the_launch_with_what_ec2_says(
    deps: Deps, aws: EmbeddedAws
) -> None:
    run = a_run(deps, aws)
    arm([Fault(FaultKind.START_FAILED, timedelta(0))], current().clock.now())
    run.start()
    let_pass(60)
    with pytest.raises(LaunchFailedError, match=r"fell back to stopped: Client\.InternalError"):
        run.check()
    assert run.end("LAUNCH_FAILED") == ["released"]
    assert held(aws) == set()


def test_a_server_that_was_terminated_by_hand_fails_the_launch(
    deps: Deps, aws: EmbeddedAws
) -> None:
    run = a_run(deps, aws)
    run.start()
    aws.client("ec2").terminate_instances(InstanceIds=[run.server_id])
    wait_for(aws, run.server_id, "terminated")
    with pytest.raises(LaunchFailedError, match="terminated before the job ran"):
        run.check()
    assert run.end("LAUNCH_FAILED") == ["released"]


def test_a_function_that_was_cut_short_before_the_start_is_repeated(
    deps: Deps, aws: EmbeddedAws
) -> None:
    run = a_run(deps, aws)
    run.start()
    aws.client("ec2").stop_instances(InstanceIds=[run.server_id])
    wait_for(aws, run.server_id, "stopped")
    at = current().clock.now()
    leases_of(deps).change(run.server_id, lambda lease: start_requested(lease, run.machine_id, at))
    run.start()
    assert state_of(aws, run.server_id) in ("pending", "running")
    assert run.lease.holder is not None
    assert run.lease.holder.is_started_by_us


def test_what_somebody_starts_after_the_stop_is_left_running(deps: Deps, aws: EmbeddedAws) -> None:
    run = a_run(deps, aws)
    run.start()
    run.until_running()
    run.state["end"] = {"reason": "ABORTED", "decided_at": now()}
    run.state["cleanup"] = release_server.run({"state": run.state, "now": now()}, deps)
    wait_for(aws, run.server_id, "stopped")
    let_pass(60)
    aws.client("ec2").start_instances(InstanceIds=[run.server_id])
    wait_for(aws, run.server_id, "running")
    assert run.end() == ["released"]
    assert state_of(aws, run.server_id) == "running"
    assert held(aws) == set()


def test_a_server_that_says_nothing_keeps_its_lease(deps: Deps, aws: EmbeddedAws) -> None:
    run = a_run(deps, aws)
    aws.client("ec2").start_instances(InstanceIds=[run.server_id])
    wait_for(aws, run.server_id, "running")
    run.start()
    run.until_running()
    put_json(aws, f"servers/{run.server_id}/{run.machine_id}/acknowledged.json", {})
    run.state["end"] = {"reason": "ABORTED", "decided_at": now()}
    run.state["cleanup"] = release_server.run({"state": run.state, "now": now()}, deps)
    assert (run.state["cleanup"]["step"], run.confirm()["state"]) == ("deleting", "ending")
    assert held(aws) == {run.machine_id}
    let_pass(3601)
    assert run.confirm()["state"] == "failed"
    outcome = run.record()
    assert outcome["reason"] == "CLEANUP_FAILED"
    assert f"reboot-instances --region us-east-1 --instance-ids {run.server_id}" in str(
        outcome["cause"]
    )
    let_pass(3600)
    other = a_run(deps, aws, execution_arn=f"{EXECUTION_ARN}-2", training_job_name="rose")
    with pytest.raises(ResourceBusyError, match=r"busy with the job iris, which was to end by 13:"):
        other.start()
    server_ends(aws, run, "killed")
    assert run.end() == ["released"]


def test_a_runner_is_asked_to_save_first(deps: Deps, aws: EmbeddedAws) -> None:
    run = a_run(deps, aws)
    run.start()
    prefix = run.until_running()["machine_prefix"]
    put_json(aws, f"{prefix}/started.json", {})
    run.state["end"] = {"reason": "ABORTED", "decided_at": now()}
    run.state["cleanup"] = release_server.run({"state": run.state, "now": now()}, deps)
    seen = run.confirm()
    # A cleanup sleeps until no event: it must see soon that the runner is done.
    assert (seen["state"], seen["next_check_seconds"]) == ("ending", 3)
    let_pass(475)
    assert run.end()[0] == "saving"
    key = f"steering/AROASERVERJOBS:{run.machine_id}/stop.json"
    assert aws.client("s3").head_object(Bucket=BUCKET, Key=key)
    assert "could not be verified" in str(run.record()["cause"])


def test_developer_mode_leaves_the_power_of_the_server_alone(
    deps: Deps, aws: EmbeddedAws, woken: list[tuple[str, str]]
) -> None:
    run = a_run(deps, aws, {"is_dev_mode": True}, limits=some_limits(time_limit_seconds=600))
    run.start()
    assert len(woken) == 1
    assert run.until_running()["machine_id"] == run.machine_id
    assert state_of(aws, run.server_id) == "stopped"
    assert handed_over(deps, run) is not None
    assert run.poll()["reason"] is None
    let_pass(901)
    assert run.poll()["reason"] in ("TIME_LIMIT", "LAUNCH_FAILED")
    assert run.end() == ["released"]
    assert held(aws) == set()


def test_a_server_that_restarts_loses_the_job(deps: Deps, aws: EmbeddedAws) -> None:
    run = a_run(deps, aws)
    run.start()
    prefix = run.until_running()["machine_prefix"]
    put_json(aws, f"{prefix}/started.json", {})
    server_ends(aws, run, "server-restarted")
    decision = run.poll()
    assert (decision["reason"], decision["cause"]) == (
        "INSTANCE_LOST",
        "the server was restarted while the job ran",
    )


def test_an_event_of_the_job_before_is_not_taken_for_this_one(deps: Deps, aws: EmbeddedAws) -> None:
    run = a_run(deps, aws)
    before = now()
    let_pass(5)
    run.start()
    run.until_running()
    event: Payload = {
        "source": "aws.ec2",
        "time": before,
        "detail": {"instance-id": run.server_id, "state": "stopped"},
    }
    assert wake.run(event, deps)["was_notified"] is False
    let_pass(60)
    assert wake.run({**event, "time": now()}, deps)["was_notified"] is True


def test_the_servers_of_a_kind_are_found_by_their_tags(deps: Deps, aws: EmbeddedAws) -> None:
    run = a_run(deps, aws)
    proposal = deps.target("ec2-server").propose(
        {"task-type": KIND}, frozenset(), are_prices_needed=True
    )
    assert [one.spec["server_id"] for one in proposal.offers] == [servers(aws)[KIND]]
    missing = deps.target("ec2-server").propose(
        {"task-type": "video"}, frozenset(), are_prices_needed=True
    )
    (violation,) = missing.violations
    assert "parris:task-type = video" in violation.expected
    instance = ec2_backends[aws.settings.account_id][aws.settings.region].get_instance(
        run.server_id
    )
    instance.instance_initiated_shutdown_behavior = "terminate"
    unfit = deps.target("ec2-server").propose(
        {"server-id": run.server_id}, frozenset(), are_prices_needed=True
    )
    assert ["not terminated" in one.expected for one in unfit.violations] == [True]
