"""An alarm on what services count goes into ALARM and back to OK, and tells its topic."""

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from embedded_aws import EmbeddedAws
from embedded_aws.clock.virtual_clock import VirtualClock
from embedded_aws_helpers.builders import create_machine
from embedded_aws_helpers.pipes import virtual_aws

MINUTE = timedelta(minutes=1)
PERIOD = 5 * MINUTE


class Site:
    """An embedded AWS on a virtual clock with a failing machine, a topic and its subscriber."""

    def __init__(self, aws: EmbeddedAws, clock: VirtualClock) -> None:
        self.aws, self.clock = aws, clock
        self.machine = create_machine(aws, {"End": {"Type": "Fail", "Error": "E"}})
        self.topic = aws.client("sns").create_topic(Name="topic")["TopicArn"]
        self.queue = aws.client("sqs").create_queue(QueueName="queue")["QueueUrl"]
        arn = "arn:aws:sqs:us-east-1:123456789012:queue"
        aws.client("sns").subscribe(TopicArn=self.topic, Protocol="sqs", Endpoint=arn)

    def put_alarm(self, **changed: Any) -> None:
        given = {
            "AlarmName": "alarm",
            "AlarmDescription": "what to do",
            "Namespace": "AWS/States",
            "MetricName": "ExecutionsFailed",
            "Dimensions": [{"Name": "StateMachineArn", "Value": self.machine}],
            "Statistic": "Sum",
            "Period": 300,
            "EvaluationPeriods": 1,
            "Threshold": 0,
            "ComparisonOperator": "GreaterThanThreshold",
            "TreatMissingData": "notBreaching",
            "AlarmActions": [self.topic],
            "OKActions": [self.topic],
        }
        self.aws.client("cloudwatch").put_metric_alarm(**{**given, **changed})

    def fail(self) -> None:
        self.aws.client("stepfunctions").start_execution(stateMachineArn=self.machine)

    def let_pass(self, duration: timedelta) -> None:
        self.clock.run_until(self.clock.now() + duration)

    def state(self) -> str:
        (found,) = self.aws.client("cloudwatch").describe_alarms()["MetricAlarms"]
        return str(found["StateValue"])

    def messages(self) -> list[Any]:
        sqs = self.aws.client("sqs")
        found = sqs.receive_message(QueueUrl=self.queue, MaxNumberOfMessages=10)
        return [json.loads(one["Body"]) for one in found.get("Messages", [])]


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    with virtual_aws(tmp_path / "aws", enforce_roles=False) as (aws, clock):
        yield Site(aws, clock)


def test_an_alarm_fires_a_minute_later_and_recovers_after_its_period(site: Site) -> None:
    site.put_alarm()
    site.fail()
    site.let_pass(MINUTE / 2)
    assert site.state() == "OK"
    site.let_pass(MINUTE)
    assert site.state() == "ALARM"
    site.let_pass(PERIOD)
    assert site.state() == "OK"
    first, second = site.messages()
    assert first["Subject"].startswith('ALARM: "alarm" in us-east-1')
    told = json.loads(first["Message"])
    assert told["AlarmDescription"] == "what to do"
    assert told["NewStateReason"].startswith("Threshold Crossed: 1 datapoint [1.0]")
    assert (told["OldStateValue"], told["NewStateValue"]) == ("OK", "ALARM")
    assert json.loads(second["Message"])["NewStateValue"] == "OK"


def test_an_alarm_of_several_periods_fires_when_each_of_them_breaches(site: Site) -> None:
    site.put_alarm(EvaluationPeriods=3)
    for _ in range(2):
        site.fail()
        site.let_pass(PERIOD)
    assert site.state() == "OK"
    site.fail()
    site.let_pass(MINUTE)
    assert site.state() == "ALARM"


def test_an_alarm_of_several_periods_does_not_fire_for_many_failures_in_one(site: Site) -> None:
    site.put_alarm(EvaluationPeriods=3)
    for _ in range(3):
        site.fail()
    site.let_pass(4 * PERIOD)
    assert site.state() == "OK"
    assert site.messages() == []


def test_a_failure_of_another_machine_changes_nothing(site: Site) -> None:
    other = create_machine(site.aws, {"End": {"Type": "Fail", "Error": "E"}})
    site.put_alarm(Dimensions=[{"Name": "StateMachineArn", "Value": other}])
    site.fail()
    site.let_pass(PERIOD)
    assert site.state() == "OK"


def test_a_deleted_alarm_tells_nobody(site: Site) -> None:
    site.put_alarm()
    site.fail()
    site.aws.client("cloudwatch").delete_alarms(AlarmNames=["alarm"])
    site.let_pass(PERIOD)
    assert site.messages() == []


def test_a_state_that_is_set_is_reported_and_lasts_until_the_next_evaluation(site: Site) -> None:
    site.put_alarm()
    site.aws.client("cloudwatch").set_alarm_state(
        AlarmName="alarm", StateValue="ALARM", StateReason="a drill"
    )
    assert site.state() == "ALARM"
    site.let_pass(2 * MINUTE)
    assert site.state() == "OK"
    drill, end = [json.loads(one["Message"]) for one in site.messages()]
    assert (drill["NewStateValue"], drill["NewStateReason"]) == ("ALARM", "a drill")
    assert end["NewStateValue"] == "OK"


def test_an_alarm_on_metric_math_is_stored(site: Site) -> None:
    site.aws.client("cloudwatch").put_metric_alarm(
        AlarmName="alarm",
        EvaluationPeriods=1,
        Threshold=0,
        ComparisonOperator="GreaterThanThreshold",
        Metrics=[{"Id": "sum", "Expression": "1 + 1"}],
    )
    assert site.state() == "OK"
