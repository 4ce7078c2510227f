"""Topic rules of AWS IoT: published messages reach their functions."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from botocore.exceptions import ClientError

from embedded_aws import EmbeddedAws
from embedded_aws.iot_sql import Published, Query, SqlNotModelledError, matches_topic
from embedded_aws_helpers.builders import create_function, until
from embedded_aws_helpers.roles import make_role

AT = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
SAYS = "def handle(event, context): print('got', __import__('json').dumps(event))"
GROUP = "/aws/lambda/function-of-a-test"


def make_rule(
    aws: EmbeddedAws, sql: str, function_arn: str, name: str = "rule", **more: Any
) -> None:
    payload = {"sql": sql, "actions": [{"lambda": {"functionArn": function_arn}}], **more}
    aws.client("iot").create_topic_rule(ruleName=name, topicRulePayload=payload)


def publish(aws: EmbeddedAws, topic: str, message: Any) -> None:
    aws.client("iot-data").publish(topic=topic, qos=1, payload=json.dumps(message))


def received(aws: EmbeddedAws) -> list[Any]:
    logs = aws.client("logs")
    if not logs.describe_log_groups(logGroupNamePrefix=GROUP)["logGroups"]:
        return []
    found = logs.filter_log_events(logGroupName=GROUP)["events"]
    lines = [event["message"] for event in found]
    return [json.loads(line.removeprefix("got ")) for line in lines if line.startswith("got ")]


def test_a_message_reaches_the_function_of_the_rule_that_its_topic_concerns(
    aws: EmbeddedAws,
) -> None:
    function = create_function(aws, SAYS)
    make_rule(aws, "SELECT clickType, topic(2) AS device FROM 'iotbutton/+'", function)
    make_rule(aws, "SELECT * FROM 'others/+'", function, name="others")
    make_rule(aws, "SELECT * FROM 'iotbutton/+'", function, name="off", ruleDisabled=True)
    publish(aws, "iotbutton/G030JF05", {"clickType": "SINGLE", "batteryVoltage": "1567mV"})
    assert until(lambda: received(aws)) == [{"clickType": "SINGLE", "device": "G030JF05"}]


def test_a_function_whose_policy_does_not_let_the_rule_in_is_not_called(
    strict_aws: EmbeddedAws,
) -> None:
    logs = ("logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents")
    may_log = {"Effect": "Allow", "Action": logs, "Resource": "*"}
    role = make_role(strict_aws, "function", may_log, trusts={"Service": "lambda.amazonaws.com"})
    function = create_function(strict_aws, SAYS, Role=role)
    for name in ("refused", "allowed"):
        make_rule(strict_aws, f"SELECT who FROM '{name}'", function, name=name)
    strict_aws.client("lambda").add_permission(
        FunctionName=function,
        StatementId="rule",
        Action="lambda:InvokeFunction",
        Principal="iot.amazonaws.com",
        SourceArn="arn:aws:iot:us-east-1:123456789012:rule/allowed",
    )
    publish(strict_aws, "refused", {"who": "refused"})
    publish(strict_aws, "allowed", {"who": "allowed"})
    assert until(lambda: received(strict_aws)) == [{"who": "allowed"}]


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        ("SELECT * FROM 'a/b'", {"x": 1, "in": {"y": 2}}),
        ("SELECT in.y, missing FROM 'a/b'", {"y": 2}),
        ("select x as z, topic(), topic(1) AS first, topic(9) AS ninth from 'a/#'",
         {"z": 1, "topic": "a/b", "first": "a"}),
        ("SELECT timestamp() AS at\nFROM '+/b'", {"at": 1795262400000}),
        ("SELECT * FROM 'a'", None),
    ],
)  # fmt: skip
def test_a_query_makes_of_a_message(sql: str, expected: Any) -> None:
    message = Published("a/b", {"x": 1, "in": {"y": 2}}, AT)
    assert Query.parse(sql).select(message) == expected


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT * FROM 'a' WHERE x = 1",
        "SELECT upper(x) FROM 'a'",
        "SELECT x + 1 FROM 'a'",
        "SELECT 'word' AS x FROM 'a'",
        "DELETE FROM 'a'",
    ],
)
def test_sql_that_is_not_modelled_is_refused_when_the_rule_is_made(
    aws: EmbeddedAws, sql: str
) -> None:
    with pytest.raises(SqlNotModelledError):
        Query.parse(sql)
    with pytest.raises(ClientError, match="the embedded AWS"):
        make_rule(aws, sql, "arn:aws:lambda:us-east-1:123456789012:function:none")


@pytest.mark.parametrize(
    ("topic_filter", "topic", "is_meant"),
    [
        ("a/+", "a/b", True),
        ("a/+", "a/b/c", False),
        ("a/+", "a", False),
        ("a/#", "a/b/c", True),
        ("#", "a/b", True),
        ("#", "$aws/things", False),
        ("+/c", "b/c", True),
        ("a/b", "a/B", False),
    ],
)
def test_a_filter_means_topics(topic_filter: str, topic: str, is_meant: bool) -> None:
    assert matches_topic(topic_filter, topic) is is_meant
