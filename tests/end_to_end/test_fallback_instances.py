"""Lists of types and subnets: the first that has a machine left is taken, and priced."""

import json
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest

from embedded_aws import EmbeddedAws, Settings
from parris_cli.account.clients import Account, Deployment
from parris_cli.project_files import PROJECT, snapshots_folder
from tests.end_to_end.deployment import Deployed, Ended

pytestmark = pytest.mark.long

OUT_OF_STOCK, BEYOND_QUOTA, TAKEN = "p3.2xlarge", "g5.xlarge", "c5.large"
COST_LIMIT_USD = "0.5"


@pytest.fixture(scope="module")
def aws(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedAws]:
    settings = Settings(
        stack_create_seconds=0.5,
        stack_delete_seconds=0.5,
        unavailable_instance_types=frozenset({OUT_OF_STOCK}),
        instance_types_beyond_quota=frozenset({BEYOND_QUOTA}),
    )
    with EmbeddedAws(
        settings, folder=tmp_path_factory.mktemp("embedded-aws"), snapshots=snapshots_folder()
    ) as running:
        yield running


@pytest.fixture(scope="module")
def deployed(aws: EmbeddedAws, tmp_path_factory: pytest.TempPathFactory) -> Deployed:
    outputs = aws.deploy(PROJECT / "template.yaml", "parris", {})
    account = Account(aws.client, Deployment.from_outputs(outputs), is_embedded=True)
    return Deployed(account, tmp_path_factory.mktemp("jobs"))


@pytest.fixture(scope="module")
def subnet_ids(aws: EmbeddedAws) -> list[str]:
    return [one["SubnetId"] for one in aws.client("ec2").describe_subnets()["Subnets"][:2]]


@pytest.fixture(scope="module")
def jobs(deployed: Deployed, subnet_ids: list[str]) -> dict[str, "Over"]:
    """Runs under one cost limit, at once: some take what another asks for at once."""
    options: dict[str, Any] = {
        "termination_method": ["on-complete", "around-cost-threshold"],
        "termination_options": {"cost-limit": float(COST_LIMIT_USD)},
        "subnet_id": subnet_ids,
    }
    requested = {
        "second-choice": [OUT_OF_STOCK, TAKEN],
        "only-choice": TAKEN,
        "none": OUT_OF_STOCK,
        "other-family": [BEYOND_QUOTA, TAKEN],
        "no-quota": BEYOND_QUOTA,
    }
    started = {
        name: deployed.start(name, "exit 0\n", instance_type=types, **options)
        for name, types in requested.items()
    }
    ended = {name: deployed.end_of(one) for name, one in started.items()}
    return {name: Over(deployed, one, ended[name]) for name, one in started.items()}


class Over:
    """A job that has ended."""

    def __init__(self, deployed: Deployed, started: Any, ended: Ended) -> None:
        self.ended = ended
        self.arn = started.execution_arn
        self._deployed, self._started = deployed, started

    @property
    def limits(self) -> dict[str, Any]:
        """Return the limits that its machine was given."""
        folder = self._deployed.folder_of(self._started)
        answer = self._deployed.account.s3.get_object(
            Bucket=folder.bucket,
            Key=f"{folder.machine_prefix.replace('machines/', 'steering/')}/job.json",
        )
        return dict(json.loads(answer["Body"].read())["limits"])


def machine_of(aws: EmbeddedAws, job: Over) -> dict[str, Any]:
    filters = [{"Name": "tag:parris:execution", "Values": [job.arn]}]
    (group,) = aws.client("ec2").describe_instances(Filters=filters)["Reservations"]
    (instance,) = group["Instances"]
    return dict(instance)


def test_the_next_type_is_taken_where_the_first_is_in_no_subnet(
    aws: EmbeddedAws, jobs: dict[str, Over], subnet_ids: list[str]
) -> None:
    ended = jobs["second-choice"].ended
    assert (ended.status, ended.reason, ended.left) == ("SUCCEEDED", "COMPLETED", []), ended.cause
    machine = machine_of(aws, jobs["second-choice"])
    assert machine["InstanceType"] == TAKEN
    assert machine["SubnetId"] == subnet_ids[0]


def part_rates(job: Over) -> dict[str, str]:
    parts = job.ended.outcome["cost_basis"]["components"]
    return {one["part"]: one["usd_per_hour"] for one in parts}


def test_every_type_was_asked_for_in_every_subnet_and_left_no_stack(
    aws: EmbeddedAws, jobs: dict[str, Over], subnet_ids: list[str]
) -> None:
    formation = aws.client("cloudformation")
    stacks = [
        formation.describe_stacks(StackName=one["StackId"])["Stacks"][0]
        for one in formation.list_stacks()["StackSummaries"]
        if one["StackName"] == "parris-second-choice"
    ]
    asked = [
        {one["ParameterKey"]: one["ParameterValue"] for one in stack["Parameters"]}
        for stack in sorted(stacks, key=lambda stack: stack["CreationTime"])
    ]
    assert [(one["InstanceType"], one["SubnetId"]) for one in asked] == [
        (OUT_OF_STOCK, subnet_ids[0]),
        (OUT_OF_STOCK, subnet_ids[1]),
        (TAKEN, subnet_ids[0]),
    ]
    assert {stack["StackStatus"] for stack in stacks} == {"DELETE_COMPLETE"}


def test_the_cost_limit_is_that_of_the_type_that_was_taken(jobs: dict[str, Over]) -> None:
    second, only = jobs["second-choice"], jobs["only-choice"]
    assert second.limits == only.limits
    # The type that was out of stock costs 3.06 USD per hour: it would have been ended earlier.
    assert second.limits["cost_limit_seconds"] > 10 * float(COST_LIMIT_USD) / 3.06 * 3600
    rates = [part_rates(job) for job in (second, only)]
    assert rates[0] == rates[1]
    assert Decimal(second.ended.outcome["estimated_cost_usd"]) < Decimal(COST_LIMIT_USD)


def test_a_list_that_is_used_up_ends_as_no_capacity_with_the_error_of_ec2(
    jobs: dict[str, Over],
) -> None:
    ended = jobs["none"].ended
    assert (ended.status, ended.reason, ended.left) == ("FAILED", "NO_CAPACITY", [])
    assert f"sufficient {OUT_OF_STOCK} capacity" in ended.cause


def test_the_next_type_is_taken_where_a_quota_leaves_no_room_for_the_first(
    aws: EmbeddedAws, jobs: dict[str, Over]
) -> None:
    ended = jobs["other-family"].ended
    assert (ended.status, ended.reason, ended.left) == ("SUCCEEDED", "COMPLETED", []), ended.cause
    assert machine_of(aws, jobs["other-family"])["InstanceType"] == TAKEN


def test_a_quota_that_leaves_no_room_for_any_fails_the_launch_with_the_error_of_ec2(
    jobs: dict[str, Over],
) -> None:
    ended = jobs["no-quota"].ended
    assert (ended.status, ended.reason, ended.left) == ("FAILED", "LAUNCH_FAILED", [])
    assert "current vCPU limit of 0 allows" in ended.cause
