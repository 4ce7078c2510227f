import json

from embedded_aws import EmbeddedAws
from embedded_aws.instances.state_changes import emit_instance_state_change
from embedded_aws_helpers.builders import until

QUEUE_ARN = "arn:aws:sqs:us-east-1:123456789012:queue"


def test_a_change_of_state_is_an_event_as_ec2_sends_it(aws: EmbeddedAws) -> None:
    queues, events = aws.client("sqs"), aws.client("events")
    queue = queues.create_queue(QueueName="queue")["QueueUrl"]
    kind = "EC2 Instance State-change Notification"
    pattern = {"source": ["aws.ec2"], "detail-type": [kind], "detail": {"state": ["stopped"]}}
    events.put_rule(Name="rule", EventPattern=json.dumps(pattern))
    events.put_targets(Rule="rule", Targets=[{"Id": "1", "Arn": QUEUE_ARN}])
    emit_instance_state_change("i-0123", "running")
    emit_instance_state_change("i-0123", "stopped")
    (message,) = until(lambda: queues.receive_message(QueueUrl=queue).get("Messages"))
    event = json.loads(message["Body"])
    assert event["detail"] == {"instance-id": "i-0123", "state": "stopped"}
    assert event["resources"] == ["arn:aws:ec2:us-east-1:123456789012:instance/i-0123"]
