"""The templates of templates/monitoring name what a deployment has."""

import json
import re
from typing import Any

import pytest

from embedded_aws.packaging.read_template import read_template
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


@pytest.mark.parametrize("name", ["slack", "webhook"])
def test_a_pipe_passes_the_subject_and_the_text_of_a_message_on(name: str) -> None:
    pipe = read_template(MONITORING / f"{name}.yaml")["Resources"]["Pipe"]["Properties"]
    template = pipe["TargetParameters"]["InputTemplate"]
    # What SNS delivers to a queue is an object with these keys.
    passed = json.loads(template.replace("<$.body.Subject>", "S").replace("<$.body.Message>", "M"))
    texts = passed["content"] if name == "slack" else passed
    assert {"S", "M"} <= set(texts.values())
