"""Job queues and compute environments, as Batch describes them."""

from typing import Any

from botocore.stub import Stubber

from parris.targets.batch.aws.queues import Queues
from parris.targets.batch.compute import ComputeEnvironment, JobQueue
from tests.aws.clients import make_client

ARN = "arn:aws:batch:us-east-1:123456789012"
ON_DEMAND, SPOT = f"{ARN}:compute-environment/on-demand", f"{ARN}:compute-environment/spot"


def asked(operation: str, request: dict[str, Any], response: dict[str, Any], call: Any) -> Any:
    client = make_client("batch", region_name="us-east-1")
    with Stubber(client) as stubber:
        stubber.add_response(operation, response, request)
        return call(Queues(client))


def test_a_queue_has_its_environments_in_order() -> None:
    queue = {
        "jobQueueName": "training",
        "jobQueueArn": f"{ARN}:job-queue/training",
        "state": "ENABLED",
        "status": "INVALID",
        "statusReason": "no environment is valid",
        "priority": 1,
        "computeEnvironmentOrder": [
            {"order": 2, "computeEnvironment": ON_DEMAND},
            {"order": 1, "computeEnvironment": SPOT},
        ],
    }
    found = asked(
        "describe_job_queues",
        {"jobQueues": ["training", "missing"]},
        {"jobQueues": [queue]},
        lambda queues: queues.find(("training", "missing")),
    )
    assert found == {
        "training": JobQueue(
            "training",
            f"{ARN}:job-queue/training",
            "ENABLED",
            "INVALID",
            "no environment is valid",
            (SPOT, ON_DEMAND),
        )
    }


def test_an_environment_has_the_machines_that_it_may_use() -> None:
    resources = {
        "type": "SPOT",
        "minvCpus": 0,
        "maxvCpus": 64,
        "instanceTypes": ["c5.large", "m5"],
        "bidPercentage": 60,
        "subnets": ["subnet-1"],
        "launchTemplate": {"launchTemplateId": "lt-1", "version": "3"},
        "scalingPolicy": {"minScaleDownDelayMinutes": 20},
    }
    environment = {
        "computeEnvironmentName": "spot",
        "computeEnvironmentArn": SPOT,
        "type": "MANAGED",
        "state": "ENABLED",
        "status": "VALID",
        "statusReason": "ComputeEnvironment Healthy",
        "computeResources": resources,
        "containerOrchestrationType": "ECS",
    }
    found = asked(
        "describe_compute_environments",
        {"computeEnvironments": [SPOT]},
        {"computeEnvironments": [environment]},
        lambda queues: queues.environments([SPOT]),
    )
    assert found == {
        SPOT: ComputeEnvironment(
            name="spot",
            arn=SPOT,
            state="ENABLED",
            status="VALID",
            status_reason="ComputeEnvironment Healthy",
            is_managed=True,
            orchestrator="ECS",
            kind="SPOT",
            max_vcpus=64,
            instance_types=("c5.large", "m5"),
            bid_percentage=60,
            launch_template="lt-1",
            launch_template_version="3",
            idle_minutes=20,
        )
    }


def test_an_unmanaged_environment_has_no_machines_that_are_known() -> None:
    environment = {
        "computeEnvironmentName": "own",
        "computeEnvironmentArn": ON_DEMAND,
        "type": "UNMANAGED",
        "ecsClusterArn": "arn:aws:ecs:us-east-1:123456789012:cluster/own",
    }
    found = asked(
        "describe_compute_environments",
        {"computeEnvironments": [ON_DEMAND]},
        {"computeEnvironments": [environment]},
        lambda queues: queues.environments([ON_DEMAND]),
    )[ON_DEMAND]
    assert (found.is_managed, found.kind, found.instance_types) == (False, "", ())
    assert (found.bid_percentage, found.launch_template_version) == (100, "$Default")


def test_no_environments_are_no_request() -> None:
    client = make_client("batch", region_name="us-east-1")
    with Stubber(client):
        assert Queues(client).environments([]) == {}
