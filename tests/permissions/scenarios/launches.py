"""Jobs that are launched in different ways: instance types, roles, spot instances, templates."""

import json
import re
from datetime import UTC, datetime

from embedded_aws import EmbeddedAws
from embedded_aws.instances.interruption import interrupt_spot_instance
from embedded_aws_helpers.roles import allow, make_role
from parris_cli.stopping.request_stop import request_stop
from tests.end_to_end.deployment import ENDLESS, Deployed
from tests.permissions.scenarios.scenario import (
    KILLS_ITS_RUNNER,
    SECONDS,
    STOPS_ON_SIGNAL,
    require_reason,
)
from tests.permissions.template_permissions import TEMPLATE

OWN_ROLE = "own-trainer"
EXECUTION_ROLE = "own-execution-role"
OUT_OF_STOCK = "p3.2xlarge"
HAS_DRIVERS_IN_ITS_IMAGE = "g5.xlarge"
READS_ITS_OWN_FOLDER = """set -e
echo step=1 loss=0.5
user_id=$(aws sts get-caller-identity --query UserId --output text)
aws s3 cp "s3://{bucket}/machines/$user_id/started.json" -
"""
CONTINUES = f"""trap 'echo half > "$PARRIS_RESULTS_DIR/checkpoint"; exit 0' TERM
if [ -n "${{PARRIS_RESUME_DIR:-}}" ]; then
  cp "$PARRIS_RESUME_DIR/checkpoint" "$PARRIS_RESULTS_DIR/"
  echo "whole $PARRIS_ATTEMPT" >> "$PARRIS_RESULTS_DIR/checkpoint"
  exit 0
fi
{ENDLESS}"""


def make_own_role(aws: EmbeddedAws) -> str:
    """Create a role and its instance profile, as a user would for trainers."""
    bucket = allow(["s3:GetObject", "s3:ListBucket", "s3:PutObject"])
    logs = allow(["logs:CreateLogStream", "logs:PutLogEvents"])
    arn = make_role(aws, OWN_ROLE, bucket, logs, trusts={"Service": "ec2.amazonaws.com"})
    iam = aws.client("iam")
    iam.create_instance_profile(InstanceProfileName=OWN_ROLE)
    iam.add_role_to_instance_profile(InstanceProfileName=OWN_ROLE, RoleName=OWN_ROLE)
    return arn


def make_execution_role(aws: EmbeddedAws) -> str:
    """Create a role as a user would for training jobs of SageMaker."""
    everything = allow(["s3:*", "logs:*", "ecr:*"])
    trusts = {"Service": "sagemaker.amazonaws.com"}
    return make_role(aws, EXECUTION_ROLE, everything, trusts=trusts)


def fallback_type(deployed: Deployed, aws: EmbeddedAws) -> None:
    """Launch on the second type, because EC2 has no capacity for the first."""
    types = [OUT_OF_STOCK, "t3.micro"]
    started = deployed.start("second-choice", "exit 0\n", instance_type=types)
    require_reason(deployed.end_of(started, SECONDS), "COMPLETED")


def own_resources(deployed: Deployed, aws: EmbeddedAws) -> None:
    """Run with a user's own role, image, key pair, subnet, security group, data and price."""
    bucket = deployed.account.deployment.bucket
    aws.client("s3").put_object(Bucket=bucket, Key="data/one", Body=b"1")
    ec2 = aws.client("ec2")
    ec2.create_key_pair(KeyName="own")
    subnet = ec2.describe_subnets(Filters=[{"Name": "default-for-az", "Values": ["true"]}])
    groups = ec2.describe_security_groups(GroupNames=["default"])["SecurityGroups"]
    started = deployed.start(
        "own",
        "exit 0\n",
        instance_iam_role_name=OWN_ROLE,
        ec2_keypair_name="own",
        subnet_id=subnet["Subnets"][0]["SubnetId"],
        security_group_id=groups[0]["GroupId"],
        ami="/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-6.1-x86_64",
        input_data=[f"s3://{bucket}/data/"],
        hourly_price_usd=0.02,
    )
    require_reason(deployed.end_of(started, SECONDS), "COMPLETED")


def spot(deployed: Deployed, aws: EmbeddedAws) -> None:
    """Request the stop of a job on a spot instance, which cannot be stopped."""
    started = deployed.start("spot", STOPS_ON_SIGNAL, purchase_option="spot")
    deployed.wait_for_file(started, "started.json", SECONDS)
    assert request_stop(deployed.account, "spot", started.execution_arn, datetime.now(UTC))
    require_reason(deployed.end_of(started, SECONDS), "ABORTED")


def second_attempt(deployed: Deployed, aws: EmbeddedAws) -> None:
    """Interrupt a spot job, whose second attempt continues with the results of the first."""
    started = deployed.start("again", CONTINUES, purchase_option="spot", max_attempts=2)
    deployed.wait_for_file(started, "started.json", SECONDS)
    (group,) = aws.client("ec2").describe_instances(
        Filters=[{"Name": "tag:parris:execution", "Values": [started.execution_arn]}]
    )["Reservations"]
    interrupt_spot_instance(group["Instances"][0]["InstanceId"])
    ended = deployed.end_of(started, SECONDS)
    require_reason(ended, "COMPLETED")
    assert deployed.results_of(started) == {"checkpoint": "half\nwhole 2\n"}
    reasons = [one["reason"] for one in ended.outcome["attempts"]]
    assert reasons == ["INSTANCE_LOST", "COMPLETED"]
    assert ended.left == []


def spot_that_could_not_save(deployed: Deployed, aws: EmbeddedAws) -> None:
    """Keep the volume of a spot instance whose runner was killed."""
    ended = deployed.end_of(
        deployed.start("lost", KILLS_ITS_RUNNER, purchase_option="spot"), SECONDS
    )
    assert re.search(r"volume vol-\w+ is kept", ended.cause), ended.cause


def own_template(deployed: Deployed, aws: EmbeddedAws) -> None:
    """Run on a GPU from a user's own template, with data; the script reads its own folder."""
    bucket = deployed.account.deployment.bucket
    s3 = aws.client("s3")
    text = (TEMPLATE.parent / "templates" / "ec2-stack" / "training-stack.yaml").read_bytes()
    s3.put_object(Bucket=bucket, Key="own/stack.yaml", Body=text)
    s3.put_object(Bucket=bucket, Key="data/two", Body=b"2")
    s3.put_object(Bucket=bucket, Key="configs/two.json", Body=json.dumps({}).encode())
    started = deployed.start(
        "own-template",
        READS_ITS_OWN_FOLDER.format(bucket=bucket),
        cloudformation_template_filename="own/stack.yaml",
        instance_type=HAS_DRIVERS_IN_ITS_IMAGE,
        volume_size_gib=75,
        cloudwatch_metrics=True,
        input_data=[f"s3://{bucket}/data/"],
    )
    require_reason(deployed.end_of(started, SECONDS), "COMPLETED")


def never_started(deployed: Deployed, aws: EmbeddedAws) -> None:
    """Run from a user's own template whose machine shuts down before it fetches anything."""
    text = (TEMPLATE.parent / "templates" / "ec2-stack" / "training-stack.yaml").read_text()
    armed = "          systemctl daemon-reload\n"
    assert armed in text
    off = text.replace(armed, f"{armed}          systemctl poweroff; exit 1\n")
    bucket = deployed.account.deployment.bucket
    aws.client("s3").put_object(Bucket=bucket, Key="own/off.yaml", Body=off.encode())
    started = deployed.start(
        "never-started", "exit 0\n", cloudformation_template_filename="own/off.yaml"
    )
    ended = deployed.end_of(started, SECONDS)
    require_reason(ended, "LAUNCH_FAILED")
    assert "stopped before its runner started" in ended.cause, ended.cause
