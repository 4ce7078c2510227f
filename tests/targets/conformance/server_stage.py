"""Servers for the suite: stopped instances with the tags of the deployment."""

import dataclasses
from typing import Any

from embedded_aws import EmbeddedAws
from embedded_aws_helpers.builders import IMAGE_ID
from parris.costs.offer import Offer
from parris.job import Job
from parris.targets.ec2_server.spec import Ec2ServerSpec
from tests.builders import a_job, a_rate
from tests.handlers.account import TABLE
from tests.handlers.conftest import put_json
from tests.handlers.test_ending import BODY, SCRIPT, until

KIND, SOLD_OUT, UNPRICED = "text", "sold-out", "unpriced"
_TYPES = {KIND: "t3.micro", SOLD_OUT: "p3.2xlarge", UNPRICED: "mac2.metal"}
_ROLE = "servers"


def prepare_servers(aws: EmbeddedAws) -> None:
    """Make a stopped server for each kind, unless they are there."""
    if servers(aws):
        return
    iam = aws.client("iam")
    iam.create_role(RoleName=_ROLE, AssumeRolePolicyDocument="{}")
    iam.create_instance_profile(InstanceProfileName=_ROLE)
    iam.add_role_to_instance_profile(InstanceProfileName=_ROLE, RoleName=_ROLE)
    for kind, instance_type in _TYPES.items():
        make_server(aws, kind, instance_type)


def make_server(aws: EmbeddedAws, kind: str, instance_type: str) -> str:
    """Make a stopped server and return its id."""
    ec2 = aws.client("ec2")
    tags = [{"Key": "parris:server", "Value": "parris"}, {"Key": "parris:task-type", "Value": kind}]
    made = ec2.run_instances(
        ImageId=IMAGE_ID,
        InstanceType="t3.micro",
        MinCount=1,
        MaxCount=1,
        IamInstanceProfile={"Name": _ROLE},
        InstanceInitiatedShutdownBehavior="stop",
        TagSpecifications=[{"ResourceType": "instance", "Tags": tags}],
    )
    server_id = str(made["Instances"][0]["InstanceId"])
    wait_for(aws, server_id, "running")
    ec2.stop_instances(InstanceIds=[server_id])
    wait_for(aws, server_id, "stopped")
    ec2.modify_instance_attribute(InstanceId=server_id, InstanceType={"Value": instance_type})
    return server_id


def servers(aws: EmbeddedAws) -> dict[str, str]:
    """Return the server of each kind."""
    found = aws.client("ec2").describe_instances(
        Filters=[{"Name": "tag:parris:server", "Values": ["parris"]}]
    )
    return {
        tag["Value"]: one["InstanceId"]
        for group in found["Reservations"]
        for one in group["Instances"]
        for tag in one["Tags"]
        if tag["Key"] == "parris:task-type"
    }


def state_of(aws: EmbeddedAws, server_id: str) -> str:
    """Return the state of a server."""
    found = aws.client("ec2").describe_instances(InstanceIds=[server_id])
    return str(found["Reservations"][0]["Instances"][0]["State"]["Name"])


def wait_for(aws: EmbeddedAws, server_id: str, state: str) -> None:
    """Wait until a server has a state."""
    until(lambda: {"state": state_of(aws, server_id)}, "state", state)


def a_server_job(aws: EmbeddedAws, **changes: Any) -> Job:
    """Return a job for the server of texts, or with offers of the servers of these kinds."""
    prepare_servers(aws)
    put_json(aws, "train.sh", BODY)
    found = servers(aws)
    spec = Ec2ServerSpec(found[KIND], _TYPES[KIND], KIND)
    given = {
        "target": "ec2-server",
        "on_termination": "release-server",
        "script": SCRIPT,
        **changes,
    }
    if "offers" in changes:
        given["offers"] = tuple(
            dataclasses.replace(one, spec={"server_id": found[one.title]})
            for one in changes["offers"]
        )
    return dataclasses.replace(a_job(**given), spec=spec.to_payload())


def offers() -> tuple[Offer, Offer]:
    """Return an offer whose server EC2 has no capacity for, and one that it has."""
    return Offer(SOLD_OUT, a_rate(), 900), Offer(KIND, a_rate(), 900)


def stop(aws: EmbeddedAws, machine_id: str) -> None:
    """Stop the server of an attempt as an outsider would."""
    server_id = machine_id.rpartition("-")[0]
    aws.client("ec2").stop_instances(InstanceIds=[server_id])
    wait_for(aws, server_id, "stopped")


def held(aws: EmbeddedAws) -> set[str]:
    """Return the attempts that have a server or wait for one, as the jobs table has them."""
    items = aws.client("dynamodb").scan(TableName=TABLE)["Items"]
    found = set()
    for one in items:
        if one["item"]["S"].startswith("server#"):
            if "holder" in one:
                found.add(one["holder"]["M"]["machine_id"]["S"])
            found |= {waiting["M"]["machine_id"]["S"] for waiting in one["queue"]["L"]}
    return found
