import json
from typing import Any

from embedded_aws import EmbeddedAws
from embedded_aws_helpers.builders import (
    create_function,
    create_machine,
    end_of,
    until,
)

EVENT = {"Source": "of.a.test", "DetailType": "Said", "Detail": '{"word": "hello"}'}


def send_to(aws: EmbeddedAws, *targets: dict[str, Any], name: str = "rule", **rule: Any) -> None:
    events = aws.client("events")
    events.put_rule(Name=name, EventPattern='{"source": ["of.a.test"]}', **rule)
    events.put_targets(
        Rule=name, Targets=[{"Id": str(i), **target} for i, target in enumerate(targets)]
    )
    assert events.put_events(Entries=[EVENT])["FailedEntryCount"] == 0


def inputs(aws: EmbeddedAws, machine: str) -> list[Any]:
    steps = aws.client("stepfunctions")
    found = steps.list_executions(stateMachineArn=machine)["executions"]
    return [json.loads(end_of(aws, one["executionArn"])["input"]) for one in found]


def test_a_machine_is_started_with_the_event(aws: EmbeddedAws) -> None:
    machine = create_machine(aws, {"Done": {"Type": "Succeed"}})
    send_to(aws, {"Arn": machine})
    (event,) = until(lambda: inputs(aws, machine))
    assert event["detail"] == {"word": "hello"}
    assert event["time"].endswith("Z")


def test_a_targets_own_input_replaces_the_event(aws: EmbeddedAws) -> None:
    machine = create_machine(aws, {"Done": {"Type": "Succeed"}})
    send_to(aws, {"Arn": machine, "Input": '{"a": 1}'})
    assert until(lambda: inputs(aws, machine)) == [{"a": 1}]


def test_an_input_transformer_is_applied(aws: EmbeddedAws) -> None:
    machine = create_machine(aws, {"Done": {"Type": "Succeed"}})
    transformer = {"InputPathsMap": {"word": "$.detail.word"}, "InputTemplate": '{"got": <word>}'}
    send_to(aws, {"Arn": machine, "InputTransformer": transformer})
    assert until(lambda: inputs(aws, machine)) == [{"got": "hello"}]


def test_a_function_is_invoked_with_the_event(aws: EmbeddedAws) -> None:
    arn = create_function(aws, "def handle(event, context): print(event['detail']['word'])")
    send_to(aws, {"Arn": arn})
    logs = aws.client("logs")
    group = "/aws/lambda/function-of-a-test"
    until(lambda: logs.describe_log_groups(logGroupNamePrefix=group)["logGroups"])
    found = until(lambda: logs.filter_log_events(logGroupName=group)["events"])
    assert "hello" in [event["message"] for event in found]


def test_a_topic_and_a_queue_beside_it_both_get_the_event(aws: EmbeddedAws) -> None:
    topic = aws.client("sns").create_topic(Name="topic")["TopicArn"]
    queues = aws.client("sqs")
    queue = queues.create_queue(QueueName="queue")["QueueUrl"]
    queue_arn = "arn:aws:sqs:us-east-1:123456789012:queue"
    aws.client("sns").subscribe(TopicArn=topic, Protocol="sqs", Endpoint=queue_arn)
    send_to(aws, {"Arn": topic}, {"Arn": queue_arn})
    received: list[Any] = []

    def both_are_there() -> bool:
        answer = queues.receive_message(QueueUrl=queue, MaxNumberOfMessages=10)
        received.extend(answer.get("Messages", []))
        return len(received) == 2

    until(both_are_there)


def test_a_disabled_rule_delivers_nothing(aws: EmbeddedAws) -> None:
    machine, other = (create_machine(aws, {"Done": {"Type": "Succeed"}}) for _ in range(2))
    send_to(aws, {"Arn": machine}, name="off", State="DISABLED")
    send_to(aws, {"Arn": other}, name="on")
    until(lambda: len(inputs(aws, other)) == 1)
    assert inputs(aws, machine) == []
