"""The templates of templates/monitoring name what a deployment has."""

import json
import re
from pathlib import Path
from typing import Any

import boto3
import pytest
from moto import mock_aws

from embedded_aws.packaging.read_template import read_template
from embedded_aws.pipes.record import target_input
from tests.architecture.definition import CLONE

DEPLOYMENT = read_template(CLONE / "template.yaml")
MONITORING = CLONE / "templates" / "monitoring"
DASHBOARD = read_template(MONITORING / "dashboard.yaml")["Resources"]
VALUES = {
    "DeploymentName": "parris",
    "AWS::StackName": "parris",
    "AWS::Partition": "aws",
    "AWS::Region": "eu-west-1",
    "AWS::AccountId": "123456789012",
}


MESSAGES = CLONE / "tests" / "parris" / "messages"
"""Each message of a deployment: its subject and its body, with the kind before most of them."""


def text_of(value: Any) -> str:
    """Return a text in which `Fn::Sub` has put its parameters."""
    text = value["Fn::Sub"] if isinstance(value, dict) else value
    return re.sub(r"\$\{([A-Za-z:]+)\}", lambda name: VALUES[name[1]], text)


def named(type_name: str, key: str) -> set[str]:
    resources = DEPLOYMENT["Resources"].values()
    return {text_of(one["Properties"][key]) for one in resources if one["Type"] == type_name}


def widgets() -> list[dict[str, Any]]:
    body = text_of(DASHBOARD["Dashboard"]["Properties"]["DashboardBody"])
    found: list[dict[str, Any]] = json.loads(body)["widgets"]
    return found


def test_the_dashboard_shows_every_alarm_of_the_deployment() -> None:
    (shown,) = [one["properties"]["alarms"] for one in widgets() if one["type"] == "alarm"]
    names = {arn.rpartition(":")[2] for arn in shown}
    assert names == named("AWS::CloudWatch::Alarm", "AlarmName")


def test_the_dashboard_counts_the_executions_of_the_training_machine() -> None:
    (chart,) = [one["properties"] for one in widgets() if one["type"] == "metric"]
    arn = chart["metrics"][0][3]
    assert arn.rpartition(":")[2] in named("AWS::Serverless::StateMachine", "Name")


def test_every_query_reads_a_log_group_of_the_deployment() -> None:
    groups = named("AWS::Logs::LogGroup", "LogGroupName")
    queries = [one["properties"]["query"] for one in widgets() if one["type"] == "log"]
    sources = {group for query in queries for group in re.findall(r"SOURCE '(.+?)'", query)}
    saved = [
        text_of(group)
        for one in DASHBOARD.values()
        if one["Type"] == "AWS::Logs::QueryDefinition"
        for group in one["Properties"]["LogGroupNames"]
    ]
    assert len(saved) == 5
    assert sources | set(saved) <= groups


def test_queries_of_ends_use_keys_of_the_outcome() -> None:
    page = (CLONE / "docs" / "run-record.md").read_text()
    used = re.findall(r"result\.outcome\.(\w+)", (MONITORING / "dashboard.yaml").read_text())
    assert set(used) == {"reason", "cause", "estimated_cost_usd", "runtime_seconds"}
    assert [key for key in used if f"`{key}`" not in page] == []


def parts_of(message: Path) -> tuple[str, str]:
    """Return the subject and the body of a message."""
    head, _, body = message.read_text().partition("\n\n")
    return head.rpartition("\n")[2], body


def delivered(messages: list[Path]) -> list[dict[str, Any]]:
    """Return what SNS delivers to a queue of the messages that a deployment publishes."""
    sns = boto3.client("sns", region_name="eu-west-1")
    sqs = boto3.client("sqs", region_name="eu-west-1")
    topic = sns.create_topic(Name="topic")["TopicArn"]
    queue = sqs.create_queue(QueueName="messages")["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])["Attributes"]
    sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn["QueueArn"])
    found = []
    for message in messages:
        subject, body = parts_of(message)
        sns.publish(TopicArn=topic, Subject=subject, Message=body)
        (one,) = sqs.receive_message(QueueUrl=queue)["Messages"]
        sqs.delete_message(QueueUrl=queue, ReceiptHandle=one["ReceiptHandle"])
        found.append({"body": one["Body"]})
    return found


@mock_aws
@pytest.mark.parametrize("name", ["slack", "webhook"])
def test_a_pipe_passes_the_subject_and_the_text_of_every_message_on(name: str) -> None:
    pipe = read_template(MONITORING / f"{name}.yaml")["Resources"]["Pipe"]["Properties"]
    template = pipe["TargetParameters"]["InputTemplate"]
    messages = sorted(MESSAGES.glob("*.txt"))
    for message, event in zip(messages, delivered(messages), strict=True):
        passed = json.loads(target_input(template, event))
        texts = passed["content"] if name == "slack" else passed
        subject, body = parts_of(message)
        assert {subject, body} <= set(texts.values())


def test_the_message_of_an_end_has_reason_cost_results_and_the_next_command() -> None:
    text = (MESSAGES / "completed.txt").read_text()
    for words in ("has ended as COMPLETED", " USD (estimate)", "Results: s3://", "parris report "):
        assert words in text
