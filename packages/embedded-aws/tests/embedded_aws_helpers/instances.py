"""Launches instances of the embedded AWS and waits for their states."""

import json
from pathlib import Path
from typing import Any

from embedded_aws import EmbeddedAws
from embedded_aws_helpers.waiting import wait_until

SPOT: dict[str, Any] = {
    "MarketType": "spot",
    "SpotOptions": {
        "SpotInstanceType": "one-time",
        "InstanceInterruptionBehavior": "terminate",
        "MaxPrice": "0.0104",
    },
}


def launch(aws: EmbeddedAws, user_data: str, **settings: Any) -> str:
    """Launch an instance with this user data and return its id."""
    ran = aws.client("ec2").run_instances(
        ImageId="ami-12c6146b",
        InstanceType="t3.micro",
        MinCount=1,
        MaxCount=1,
        UserData=user_data,
        **settings,
    )
    return str(ran["Instances"][0]["InstanceId"])


def describe(aws: EmbeddedAws, instance_id: str) -> dict[str, Any]:
    found = aws.client("ec2").describe_instances(InstanceIds=[instance_id])
    instance: dict[str, Any] = found["Reservations"][0]["Instances"][0]
    return instance


def state_of(aws: EmbeddedAws, instance_id: str) -> str:
    return str(describe(aws, instance_id)["State"]["Name"])


def await_state(aws: EmbeddedAws, instance_id: str, state: str) -> dict[str, Any]:
    wait_until(lambda: state_of(aws, instance_id) == state)
    return describe(aws, instance_id)


def console(aws: EmbeddedAws, instance_id: str) -> str:
    return str(aws.client("ec2").get_console_output(InstanceId=instance_id).get("Output", ""))


def journal(aws: EmbeddedAws, instance_id: str) -> str:
    """Return the journal of a machine's services."""
    path = aws.context.folder / "machines" / instance_id / "journal.log"
    return path.read_text(errors="replace") if path.exists() else ""


def await_said(aws: EmbeddedAws, instance_id: str, text: str) -> None:
    wait_until(lambda: text in console(aws, instance_id))


def root_of(aws: EmbeddedAws, instance_id: str) -> Path:
    return aws.context.folder / "machines" / instance_id / "root"


def make_profile(aws: EmbeddedAws, name: str = "trainer") -> None:
    """Create a role that may do everything, with its instance profile."""
    iam = aws.client("iam")
    trust = {"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}}
    may = {"Effect": "Allow", "Action": "*", "Resource": "*"}
    iam.create_role(
        RoleName=name,
        AssumeRolePolicyDocument=json.dumps(
            {"Version": "2012-10-17", "Statement": [{**trust, "Action": "sts:AssumeRole"}]}
        ),
    )
    iam.put_role_policy(
        RoleName=name,
        PolicyName="all",
        PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [may]}),
    )
    iam.create_instance_profile(InstanceProfileName=name)
    iam.add_role_to_instance_profile(InstanceProfileName=name, RoleName=name)


def service(name: str, lines: str) -> str:
    """Return shell lines that write a service's unit file and start it."""
    folder = '"$INSTANCE_ROOT/etc/systemd/system"'
    return f"cat > {folder}/{name}.service <<'UNIT'\n{lines}\nUNIT\nsystemctl start {name}\n"
