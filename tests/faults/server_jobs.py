"""What a site has of training servers: one for each job, which sleeps, and its lease."""

import base64
import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from embedded_aws import EmbeddedAws
from parris_cli.deployment.environments import environment_parameters, environment_template
from tests.jobs_table import jobs_table_name

_STACK = "parris-ec2-server"
_AWAKE = ("pending", "running", "stopping")
_SERVER, _KIND, _JOB = "parris:server", "parris:task-type", "parris:job"


def make_environment(aws: EmbeddedAws, outputs: Mapping[str, str]) -> None:
    """Deploy the environment, whose role may then serve each server."""
    given = environment_parameters("ec2-server", outputs, {})
    aws.deploy(environment_template("ec2-server"), _STACK, given)
    bucket = f"arn:aws:s3:::{outputs['TrainingBucketName']}"
    allowed = {"s3:GetObject": f"{bucket}/servers/*", "s3:PutObject": f"{bucket}/servers/*/i-*"}
    statements = [
        {"Effect": "Allow", "Action": action, "Resource": resource}
        for action, resource in {**allowed, "s3:ListBucket": bucket}.items()
    ]
    aws.client("iam").put_role_policy(
        RoleName=_resource(aws, "ServerRole"),
        PolicyName="each-server",
        PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": statements}),
    )


def make_servers(aws: EmbeddedAws, jobs: Iterable[str]) -> dict[str, str]:
    """Make a server for each job, which sets itself up and then sleeps, and return their ids."""
    ec2, model_id = aws.client("ec2"), _resource(aws, "Server")
    model = ec2.describe_instances(InstanceIds=[model_id])["Reservations"][0]["Instances"][0]
    user_data = ec2.describe_instance_attribute(InstanceId=model_id, Attribute="userData")
    made = {}
    for job in jobs:
        tags = {_SERVER: "parris", _KIND: "default", _JOB: job}
        ran = ec2.run_instances(
            ImageId=model["ImageId"],
            InstanceType=model["InstanceType"],
            MinCount=1,
            MaxCount=1,
            IamInstanceProfile={"Arn": model["IamInstanceProfile"]["Arn"]},
            InstanceInitiatedShutdownBehavior="stop",
            UserData=base64.b64decode(user_data["UserData"]["Value"]).decode(),
            TagSpecifications=[
                {
                    "ResourceType": "instance",
                    "Tags": [{"Key": key, "Value": value} for key, value in tags.items()],
                }
            ],
        )
        made[job] = str(ran["Instances"][0]["InstanceId"])
    return made


def stop_server(aws: EmbeddedAws, server_id: str) -> None:
    """Stop a server, as a person in the console does."""
    aws.client("ec2").stop_instances(InstanceIds=[server_id])


def left_of_servers(
    aws: EmbeddedAws, owners: Mapping[str, str], tag: str
) -> Iterator[tuple[str, str, str, dict[str, Any]]]:
    """Return the servers that do not sleep, and the leases that are held, as the site lists them.

    Args:
        aws: where they are.
        owners: the execution of the job that each server is for.
        tag: what names the owner in the site's lists.
    """
    if not owners:
        return
    described = aws.client("ec2").describe_instances(InstanceIds=list(owners))["Reservations"]
    for one in (instance for group in described for instance in group["Instances"]):
        if one["State"]["Name"] in _AWAKE:
            server_id = one["InstanceId"]
            yield "server", server_id, one["State"]["Name"], _tagged(tag, owners[server_id])
    items = aws.client("dynamodb").scan(TableName=jobs_table_name(aws))["Items"]
    for item in (one for one in items if one["item"]["S"].startswith("server#")):
        requests = [one["M"] for one in item["queue"]["L"]]
        requests += [item["holder"]["M"]] if "holder" in item else []
        for request in requests:
            owner = _tagged(tag, request["execution_arn"]["S"])
            yield "lease", item["item"]["S"], "held", owner


def _resource(aws: EmbeddedAws, logical_id: str) -> str:
    found = aws.client("cloudformation").describe_stack_resource(
        StackName=_STACK, LogicalResourceId=logical_id
    )
    return str(found["StackResourceDetail"]["PhysicalResourceId"])


def _tagged(tag: str, value: str) -> dict[str, Any]:
    return {"Tags": [{"Key": tag, "Value": value}]}
