"""Launches of jobs on servers: the start of the server and the hand-over."""

from datetime import timedelta

import pytest
from moto.ec2.models import ec2_backends

from embedded_aws import EmbeddedAws
from embedded_aws.arm_faults import arm
from embedded_aws.context import current
from embedded_aws.fault_injection.fault import Fault, FaultKind
from parris.entrypoint import Deps
from parris.errors import LaunchFailedError
from parris.targets.ec2_server.lease import start_requested
from tests.handlers.server_runs import a_run, handed_over, leases_of
from tests.handlers.virtual_time import let_pass
from tests.targets.conformance.server_stage import KIND, held, servers, state_of, wait_for


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
