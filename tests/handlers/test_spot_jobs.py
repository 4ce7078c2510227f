"""A job on a spot instance: its launch, and an end that saves without a stop."""

from typing import Any

import pytest

import confirm_ended
import stop_or_delete_stack
from embedded_aws import EmbeddedAws
from parris.entrypoint import Deps
from parris.errors import CapacityUnavailableError
from parris.job import Job
from parris.payloads import Payload
from parris.targets.ec2_stack.spec import SPOT
from parris.targets.inventory import find_resources
from parris.termination.ending import Act, ActKind, EndStep
from tests.builders import a_job, a_rate
from tests.handlers.conftest import noted, put_json
from tests.handlers.test_end_jobs import a_stack, look_until_gone
from tests.handlers.test_ending import (
    NOW,
    SCRIPT,
    SEVEN_DAYS_ON,
    alive_instances,
    an_ending,
    ended,
    launched,
    mark_of,
    running,
    until,
)


def a_spot_job(**changes: Any) -> Job:
    return a_job(script=SCRIPT, purchase_option=SPOT, **changes)


def the_instance(aws: EmbeddedAws) -> dict[str, Any]:
    (group,) = aws.client("ec2").describe_instances()["Reservations"]
    found: dict[str, Any] = group["Instances"][0]
    return found


def volumes(aws: EmbeddedAws) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = aws.client("ec2").describe_volumes()["Volumes"]
    return found


def put_report(deps: Deps, aws: EmbeddedAws, *, are_results_saved: bool) -> None:
    folder = noted(deps, a_job()).folder
    put_json(aws, folder.started_key, {"started_at": "2026-11-21T00:00:00Z"})
    report: Payload = {
        "exit_status": None,
        "signal": "SIGKILL",
        "ended_by": "signal",
        "ended_at": "2026-11-21T00:00:00Z",
        "last_log_lines": [],
        "results": {"object_count": 1, "total_bytes": 1, "complete": are_results_saved},
        "is_final": True,
    }
    put_json(aws, folder.exit_key, report)


def terminate(aws: EmbeddedAws) -> None:
    aws.client("ec2").terminate_instances(InstanceIds=[the_instance(aws)["InstanceId"]])
    until(lambda: the_instance(aws)["State"], "Name", "terminated")


def delete_by_hand(aws: EmbeddedAws, state: dict[str, Any]) -> None:
    stack_id, client = state["launch"]["launch_id"], aws.client("cloudformation")
    client.delete_stack(StackName=stack_id)
    until(
        lambda: client.describe_stacks(StackName=stack_id)["Stacks"][0],
        "StackStatus",
        "DELETE_COMPLETE",
    )


def test_the_instance_is_bought_at_the_quoted_price_at_most(deps: Deps, aws: EmbeddedAws) -> None:
    running(deps, launched(deps, aws, a_spot_job(rate=a_rate("0.0104"))))
    assert the_instance(aws)["InstanceLifecycle"] == "spot"
    (template,) = aws.client("ec2").describe_launch_templates()["LaunchTemplates"]
    (version,) = aws.client("ec2").describe_launch_template_versions(
        LaunchTemplateId=template["LaunchTemplateId"]
    )["LaunchTemplateVersions"]
    options = version["LaunchTemplateData"]["InstanceMarketOptions"]["SpotOptions"]
    assert options == {
        "MaxPrice": "0.0104",
        "SpotInstanceType": "one-time",
        "InstanceInterruptionBehavior": "terminate",
    }


def test_the_launch_template_of_an_on_demand_job_names_no_market(
    deps: Deps, aws: EmbeddedAws
) -> None:
    running(deps, launched(deps, aws, a_job(script=SCRIPT)))
    assert "InstanceLifecycle" not in the_instance(aws)
    (template,) = aws.client("ec2").describe_launch_templates()["LaunchTemplates"]
    versions = aws.client("ec2").describe_launch_template_versions(
        LaunchTemplateId=template["LaunchTemplateId"]
    )["LaunchTemplateVersions"]
    assert not versions[0]["LaunchTemplateData"].get("InstanceMarketOptions")


def test_a_bid_below_the_price_is_a_lack_of_capacity(deps: Deps, aws: EmbeddedAws) -> None:
    state = launched(deps, aws, a_spot_job(rate=a_rate("0.0001")))
    with pytest.raises(CapacityUnavailableError, match="lower than the minimum required"):
        running(deps, state)


def test_a_running_spot_job_is_terminated_to_save_and_leaves_nothing(
    deps: Deps, aws: EmbeddedAws
) -> None:
    state = launched(deps, aws, a_spot_job())
    running(deps, state)
    steps, seen = ended(deps, state)
    assert steps[0] == "saving"
    assert steps[-1] == "deleting"
    assert (seen["state"], seen["left"]) == ("ended", [])
    assert alive_instances(aws) == []
    assert volumes(aws) == []
    assert aws.client("ec2").describe_launch_templates()["LaunchTemplates"] == []


@pytest.mark.parametrize("has_stack", [True, False])
def test_what_could_not_be_verified_is_kept_on_the_volume_alone(
    deps: Deps, aws: EmbeddedAws, has_stack: bool
) -> None:
    state = launched(deps, aws, a_spot_job())
    running(deps, state)
    (volume,) = volumes(aws)
    terminate(aws)
    put_report(deps, aws, are_results_saved=False)
    if not has_stack:
        delete_by_hand(aws, state)

    steps, seen = ended(deps, state)

    assert steps[-1] == "part-kept"
    assert (seen["state"], seen["left"]) == ("ended", [volume["VolumeId"]])
    (kept,) = volumes(aws)
    assert mark_of(kept) == SEVEN_DAYS_ON
    # What is kept does not keep the deployment from being deleted.
    left = [one for one in find_resources(deps.settings, deps.aws) if one.is_left_behind]
    assert left == []


def test_the_volume_goes_once_the_results_are_verified(deps: Deps, aws: EmbeddedAws) -> None:
    state = launched(deps, aws, a_spot_job())
    running(deps, state)
    terminate(aws)
    put_report(deps, aws, are_results_saved=True)

    steps, seen = ended(deps, state)

    assert steps[-1] == "deleting"
    assert seen["left"] == []
    assert volumes(aws) == []


def test_a_volume_without_the_deployments_tag_is_not_ours_to_delete(
    deps: Deps, aws: EmbeddedAws
) -> None:
    state = launched(deps, aws, a_job(script=SCRIPT))
    running(deps, state)
    tags = [{"Key": "parris:execution", "Value": a_job().execution_arn}]
    foreign = aws.client("ec2").create_volume(
        AvailabilityZone="us-east-1a",
        Size=1,
        TagSpecifications=[{"ResourceType": "volume", "Tags": tags}],
    )["VolumeId"]
    delete_by_hand(aws, state)

    plan = deps.target("ec2-stack").plan_end(a_job(), an_ending(state))

    (own,) = {one["VolumeId"] for one in volumes(aws)} - {foreign}
    assert plan.step is EndStep.DELETING_LEFTOVERS
    assert plan.acts == (Act(ActKind.DELETE_PART, own),)


def test_what_makes_no_progress_is_retried_at_growing_intervals(
    deps: Deps, aws: EmbeddedAws
) -> None:
    state, ec2 = launched(deps, aws, a_job(script=SCRIPT)), aws.client("ec2")
    running(deps, state)
    delete_by_hand(aws, state)
    (volume_id,) = (one["VolumeId"] for one in volumes(aws))
    other = ec2.run_instances(ImageId=the_instance(aws)["ImageId"], MinCount=1, MaxCount=1)
    other_id = other["Instances"][0]["InstanceId"]
    ec2.attach_volume(VolumeId=volume_id, InstanceId=other_id, Device="/dev/sdz")

    state["end"] = {"reason": "COMPLETED", "decided_at": NOW}
    cleanup = stop_or_delete_stack.run({"state": state, "now": NOW}, deps)
    ec2.detach_volume(VolumeId=volume_id, InstanceId=other_id, Device="/dev/sdz")
    asked: Payload = {"state": {**state, "cleanup": cleanup}}
    waits = [
        confirm_ended.run({**asked, "now": later}, deps)["next_check_seconds"]
        for later in (NOW, NOW.replace("T00:", "T01:"))
    ]

    assert waits == [1, 300]


def test_a_spot_job_whose_run_is_dead_goes_with_its_deployment(
    deps: Deps, aws: EmbeddedAws
) -> None:
    deployment = a_stack(aws)
    running(deps, launched(deps, aws, a_spot_job()))
    look_until_gone(deps, deployment)
    assert alive_instances(aws) == []
    assert volumes(aws) == []


def test_a_machine_on_demand_that_has_saved_is_deleted_at_once_with_its_volume(
    deps: Deps, aws: EmbeddedAws
) -> None:
    state = launched(deps, aws, a_job(script=SCRIPT))
    running(deps, state)
    put_report(deps, aws, are_results_saved=True)
    steps, seen = ended(deps, state)
    assert steps == ["deleting"]
    assert seen["left"] == []
