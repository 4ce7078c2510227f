"""An existing bucket reports its objects to EventBridge, beside everything that it did before."""

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from embedded_aws import EmbeddedAws, Settings
from embedded_aws_helpers.builders import until
from embedded_aws_helpers.roles import acting_as, make_role
from parris_cli.deployment.bucket_events import enable_events
from parris_cli.doctor.deployment_checks import check_events
from parris_cli.doctor.finding import Health
from parris_cli.main import main

BUCKET = "ours"
_ON = "ours reports its objects to EventBridge"


@pytest.fixture(scope="module")
def aws(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedAws]:
    with EmbeddedAws(Settings(), folder=tmp_path_factory.mktemp("aws") / "aws") as running:
        yield running


@pytest.fixture
def s3(aws: EmbeddedAws) -> Iterator[Any]:
    client = aws.client("s3")
    client.create_bucket(Bucket=BUCKET)
    yield client
    client.delete_bucket(Bucket=BUCKET)


def configuration(s3: Any) -> dict[str, Any]:
    found = s3.get_bucket_notification_configuration(Bucket=BUCKET)
    return {name: value for name, value in found.items() if name != "ResponseMetadata"}


def test_a_bucket_without_notifications_reports_to_eventbridge(s3: Any) -> None:
    assert enable_events(s3, BUCKET) == (
        True,
        f"{_ON} from now on; EventBridge bills about 1 USD for each million of them",
    )
    assert configuration(s3) == {"EventBridgeConfiguration": {}}


def test_the_doctor_says_whether_a_bucket_sends_events(s3: Any) -> None:
    before = check_events(s3, BUCKET)
    assert (before.health, before.remedy) == (Health.NOTE, "parris deploy switches the events on")
    enable_events(s3, BUCKET)
    assert check_events(s3, BUCKET).health is Health.GOOD


def test_everything_that_the_bucket_did_before_stays(aws: EmbeddedAws, s3: Any) -> None:
    messages = aws.client("sqs")
    url = messages.create_queue(QueueName="theirs")["QueueUrl"]
    topic = aws.client("sns").create_topic(Name="theirs")["TopicArn"]
    rules = [{"Name": "prefix", "Value": "in/"}, {"Name": "suffix", "Value": ".csv"}]
    theirs: dict[str, Any] = {
        "QueueConfigurations": [
            {
                "Id": "queue",
                "QueueArn": "arn:aws:sqs:us-east-1:123456789012:theirs",
                "Events": ["s3:ObjectCreated:*", "s3:ObjectRemoved:*"],
                "Filter": {"Key": {"FilterRules": rules}},
            }
        ],
        "TopicConfigurations": [
            {"Id": "topic", "TopicArn": topic, "Events": ["s3:ObjectCreated:Put"]}
        ],
    }
    s3.put_bucket_notification_configuration(Bucket=BUCKET, NotificationConfiguration=theirs)
    messages.purge_queue(QueueUrl=url)
    assert enable_events(s3, BUCKET)[0]
    assert configuration(s3) == {**theirs, "EventBridgeConfiguration": {}}


def test_a_bucket_that_reports_already_is_not_written(aws: EmbeddedAws, s3: Any) -> None:
    enable_events(s3, BUCKET)
    read = {"Effect": "Allow", "Action": "s3:GetBucketNotification", "Resource": "*"}
    reader = acting_as(aws, make_role(aws, "reads-notifications", read), "s3")
    assert enable_events(reader, BUCKET) == (True, _ON)


@pytest.mark.parametrize("allowed", ["s3:ListBucket", "s3:GetBucketNotification"])
def test_a_refusal_is_said_with_its_consequence(aws: EmbeddedAws, s3: Any, allowed: str) -> None:
    statement = {"Effect": "Allow", "Action": allowed, "Resource": "*"}
    role = make_role(aws, f"may-{allowed.partition(':')[2]}", statement)
    has_events, said = enable_events(acting_as(aws, role, "s3"), BUCKET)
    assert not has_events
    assert said.startswith("ours does not report its objects to EventBridge, so jobs end")
    assert "AccessDenied" in said
    assert configuration(s3) == {}


@pytest.mark.parametrize("named", [BUCKET, ""])
def test_a_deployment_enables_the_events_of_the_bucket_that_it_names(
    aws: EmbeddedAws, s3: Any, named: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    template = {
        "Parameters": {"TrainingBucketName": {"Type": "String", "Default": named}},
        "Resources": {"Topic": {"Type": "AWS::SNS::Topic"}},
        "Outputs": {"TrainingBucketName": {"Value": BUCKET}},
    }
    formation, name = aws.client("cloudformation"), f"team-{named or 'none'}"
    formation.create_stack(StackName=name, TemplateBody=json.dumps(template))
    complete = "CREATE_COMPLETE"
    until(lambda: formation.describe_stacks(StackName=name)["Stacks"][0]["StackStatus"] == complete)
    # What `sam` does is that stack already.
    (tmp_path / "sam").write_text("#!/bin/sh\nexit 0\n")
    (tmp_path / "sam").chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(tmp_path / "python"))
    for variable, value in aws.environment().items():
        monkeypatch.setenv(variable, value)
    assert main(["deploy", "--stack-name", name]) == 0
    assert ("EventBridgeConfiguration" in configuration(s3)) is bool(named)
