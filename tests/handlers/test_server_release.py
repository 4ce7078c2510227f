"""Ends of jobs on servers: saving, stopping the server, and its release."""

import pytest

import release_server
from embedded_aws import EmbeddedAws
from parris.entrypoint import Deps
from parris.errors import ResourceBusyError
from tests.builders import BUCKET, EXECUTION_ARN, a_rate
from tests.handlers.conftest import put_json
from tests.handlers.server_runs import a_run, now, server_ends
from tests.handlers.virtual_time import let_pass
from tests.targets.conformance.server_stage import held, state_of, wait_for


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
