"""EC2 reclaims a spot instance after a notice to the instance and to EventBridge."""

import json

import pytest

from embedded_aws import EmbeddedAws
from embedded_aws.instances.interruption import interrupt_spot_instance
from embedded_aws_helpers.instances import SPOT, await_said, await_state, console, launch

LOOKS = """#!/bin/bash
token=$(curl -sX PUT -H 'X-aws-ec2-metadata-token-ttl-seconds: 60' \
  "$AWS_EC2_METADATA_SERVICE_ENDPOINT/latest/api/token")
echo ready
while sleep 0.2; do
  curl -sf -H "X-aws-ec2-metadata-token: $token" \
    "$AWS_EC2_METADATA_SERVICE_ENDPOINT/latest/meta-data/spot/instance-action" && echo && break
done
sleep 600
"""


def test_an_instance_reads_its_notice_and_ends_at_the_given_time(aws: EmbeddedAws) -> None:
    instance_id = launch(aws, LOOKS, InstanceMarketOptions=SPOT)
    await_said(aws, instance_id, "ready")
    assert "terminate" not in console(aws, instance_id)

    interrupt_spot_instance(instance_id, notice_seconds=3)

    await_said(aws, instance_id, '"action": "terminate"')
    instance = await_state(aws, instance_id, "terminated")
    assert instance["StateReason"]["Code"] == "Server.SpotInstanceTermination"


def test_the_warning_is_an_event(aws: EmbeddedAws) -> None:
    queue = aws.client("sqs").create_queue(QueueName="heard")["QueueUrl"]
    arn = f"arn:aws:sqs:us-east-1:{aws.settings.account_id}:heard"
    pattern = {"source": ["aws.ec2"], "detail-type": ["EC2 Spot Instance Interruption Warning"]}
    aws.client("events").put_rule(Name="warnings", EventPattern=json.dumps(pattern))
    aws.client("events").put_targets(Rule="warnings", Targets=[{"Id": "1", "Arn": arn}])
    instance_id = launch(aws, "", InstanceMarketOptions=SPOT)

    interrupt_spot_instance(instance_id, notice_seconds=0.1)

    (heard,) = aws.client("sqs").receive_message(QueueUrl=queue, WaitTimeSeconds=5)["Messages"]
    detail = json.loads(heard["Body"])["detail"]
    assert detail == {"instance-id": instance_id, "instance-action": "terminate"}


def test_an_instance_that_ended_before_is_not_taken_back(aws: EmbeddedAws) -> None:
    instance_id = launch(aws, "", InstanceMarketOptions=SPOT)
    interrupt_spot_instance(instance_id, notice_seconds=0.5)

    aws.client("ec2").terminate_instances(InstanceIds=[instance_id])

    instance = await_state(aws, instance_id, "terminated")
    aws.context.sleep(1)
    assert instance["StateReason"]["Code"] == "Client.UserInitiatedShutdown"


def test_only_a_spot_instance_can_be_taken_back(aws: EmbeddedAws) -> None:
    instance_id = launch(aws, "")
    with pytest.raises(ValueError, match="not a spot instance"):
        interrupt_spot_instance(instance_id)
