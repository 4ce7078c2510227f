import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from embedded_aws import EmbeddedAws, Settings
from embedded_aws.clock.virtual_clock import VirtualClock
from embedded_aws.fault_injection.fault import FaultKind
from embedded_aws.fault_injection.plan import faults
from embedded_aws.object_watch import watch_objects
from embedded_aws_helpers.builders import create_stack, outputs
from embedded_aws_helpers.events import heard, listen

PATTERN = {"source": ["aws.s3"], "detail-type": ["Object Created"]}
ON: Any = {"EventBridgeConfiguration": {}}
START = datetime(2031, 5, 1, tzinfo=UTC)


def create_bucket(aws: EmbeddedAws, name: str, configuration: Any = ON) -> Any:
    s3 = aws.client("s3")
    s3.create_bucket(Bucket=name)
    s3.put_bucket_notification_configuration(Bucket=name, NotificationConfiguration=configuration)
    return s3


def test_each_way_to_create_an_object_has_its_reason(aws: EmbeddedAws) -> None:
    url = listen(aws, PATTERN)
    s3 = create_bucket(aws, "bucket")
    s3.put_object(Bucket="bucket", Key="a b/c:d", Body=b"12345")
    s3.copy_object(Bucket="bucket", Key="copy", CopySource={"Bucket": "bucket", "Key": "a b/c:d"})
    upload = {"Bucket": "bucket", "Key": "parts"}
    upload["UploadId"] = s3.create_multipart_upload(**upload)["UploadId"]
    part = s3.upload_part(**upload, PartNumber=1, Body=b"1")
    parts = {"Parts": [{"PartNumber": 1, "ETag": part["ETag"]}]}
    s3.complete_multipart_upload(**upload, MultipartUpload=parts)
    events = heard(aws, url, 3)
    assert {event["detail"]["object"]["key"]: event["detail"]["reason"] for event in events} == {
        "a b/c:d": "PutObject",
        "copy": "CopyObject",
        "parts": "CompleteMultipartUpload",
    }


def test_an_event_describes_its_object(aws: EmbeddedAws) -> None:
    url = listen(aws, {**PATTERN, "detail": {"object": {"key": [{"wildcard": "out/*/exit.json"}]}}})
    s3 = create_bucket(aws, "bucket")
    enabled = {"Status": "Enabled"}
    s3.put_bucket_versioning(Bucket="bucket", VersioningConfiguration=enabled)
    s3.put_object(Bucket="bucket", Key="out/1/other.json", Body=b"")
    put = s3.put_object(Bucket="bucket", Key="out/1/exit.json", Body=b"12345")
    (event,) = heard(aws, url, 1)
    assert event["resources"] == ["arn:aws:s3:::bucket"]
    sequencer = event["detail"]["object"].pop("sequencer")
    assert int(sequencer, 16) > 0
    assert event["detail"]["bucket"] == {"name": "bucket"}
    assert event["detail"]["object"] == {
        "key": "out/1/exit.json",
        "size": 5,
        "etag": put["ETag"].strip('"'),
        "version-id": put["VersionId"],
    }


@pytest.mark.parametrize(
    ("is_versioned", "kind"), [(True, "Delete Marker Created"), (False, "Permanently Deleted")]
)
def test_a_deleted_object_is_reported(aws: EmbeddedAws, is_versioned: bool, kind: str) -> None:
    url = listen(aws, {**PATTERN, "detail-type": ["Object Created", "Object Deleted"]})
    s3 = create_bucket(aws, "bucket")
    if is_versioned:
        status = {"Status": "Enabled"}
        s3.put_bucket_versioning(Bucket="bucket", VersioningConfiguration=status)
    s3.put_object(Bucket="bucket", Key="training/training.json", Body=b"{}")
    s3.delete_object(Bucket="bucket", Key="training/training.json")
    created, deleted = sorted(heard(aws, url, 2), key=lambda event: str(event["detail-type"]))
    assert (created["detail-type"], deleted["detail-type"]) == ("Object Created", "Object Deleted")
    assert deleted["detail"]["deletion-type"] == kind
    assert deleted["detail"]["reason"] == "DeleteObject"
    sequencers = [int(one["detail"]["object"].pop("sequencer"), 16) for one in (created, deleted)]
    assert sequencers == sorted(sequencers)
    assert deleted["detail"]["object"] == {"key": "training/training.json"}


def test_a_watcher_sees_each_new_object_until_it_is_cancelled(aws: EmbeddedAws) -> None:
    seen: list[tuple[str, str]] = []
    cancel = watch_objects(aws.context, lambda bucket, key: seen.append((bucket, key)))
    s3 = create_bucket(aws, "watched")
    s3.put_object(Bucket="watched", Key="first", Body=b"")
    s3.delete_object(Bucket="watched", Key="first")
    cancel()
    s3.put_object(Bucket="watched", Key="second", Body=b"")
    assert seen == [("watched", "first")]


def test_a_bucket_without_the_configuration_reports_nothing(aws: EmbeddedAws) -> None:
    url = listen(aws, PATTERN)
    create_bucket(aws, "silent", {}).put_object(Bucket="silent", Key="unreported", Body=b"")
    create_bucket(aws, "other").put_object(Bucket="other", Key="reported", Body=b"")
    assert [event["detail"]["object"]["key"] for event in heard(aws, url, 1)] == ["reported"]


def test_the_configuration_is_shown_beside_others(aws: EmbeddedAws) -> None:
    queue = aws.client("sqs").create_queue(QueueName="queue")["QueueUrl"].rpartition("/")[2]
    rule = {
        "Id": "theirs",
        "QueueArn": f"arn:aws:sqs:us-east-1:123456789012:{queue}",
        "Events": ["s3:ObjectCreated:*"],
        "Filter": {"Key": {"FilterRules": [{"Name": "prefix", "Value": "in/"}]}},
    }
    s3 = create_bucket(aws, "bucket", {"QueueConfigurations": [rule]})
    before = s3.get_bucket_notification_configuration(Bucket="bucket")
    assert "EventBridgeConfiguration" not in before
    del before["ResponseMetadata"]
    s3.put_bucket_notification_configuration(
        Bucket="bucket", NotificationConfiguration={**before, **ON}
    )
    after = s3.get_bucket_notification_configuration(Bucket="bucket")
    assert after["EventBridgeConfiguration"] == {}
    assert after["QueueConfigurations"] == [rule]


def test_a_bucket_of_a_stack_reports_where_its_template_says_so(aws: EmbeddedAws) -> None:
    url = listen(aws, PATTERN)
    chosen = {"EventBridgeConfiguration": {"EventBridgeEnabled": True}}
    bucket = {"Type": "AWS::S3::Bucket", "Properties": {"NotificationConfiguration": chosen}}
    stack = create_stack(aws, {"Bucket": bucket}, outputs={"Name": {"Value": {"Ref": "Bucket"}}})
    aws.client("s3").put_object(Bucket=outputs(aws, stack)["Name"], Key="reported", Body=b"")
    assert [event["detail"]["object"]["key"] for event in heard(aws, url, 1)] == ["reported"]


@pytest.fixture
def clock() -> VirtualClock:
    return VirtualClock(START)


@pytest.fixture
def later_aws(clock: VirtualClock, tmp_path: Path) -> Iterator[EmbeddedAws]:
    settings = Settings(event_seconds=2, enforce_roles=False)
    with EmbeddedAws(settings, folder=tmp_path / "aws", clock=clock) as aws:
        yield aws


def received(aws: EmbeddedAws, url: str) -> list[str]:
    found = aws.client("sqs").receive_message(QueueUrl=url, MaxNumberOfMessages=10)
    events = [json.loads(message["Body"]) for message in found.get("Messages", [])]
    return [str(event["detail"]["object"]["key"]) for event in events]


def test_an_event_is_delivered_after_its_delay(later_aws: EmbeddedAws, clock: VirtualClock) -> None:
    url = listen(later_aws, PATTERN)
    create_bucket(later_aws, "bucket").put_object(Bucket="bucket", Key="reported", Body=b"")
    clock.run_until(START + timedelta(seconds=1.9))
    assert received(later_aws, url) == []
    clock.run_until(START + timedelta(seconds=2))
    assert received(later_aws, url) == ["reported"]


def test_an_event_can_be_lost(later_aws: EmbeddedAws, clock: VirtualClock) -> None:
    url = listen(later_aws, PATTERN)
    s3 = create_bucket(later_aws, "bucket")
    faults().add(FaultKind.LOST_EVENT, START)
    s3.put_object(Bucket="bucket", Key="unreported", Body=b"")
    assert faults().is_mute("i-1", is_ending=True)
    s3.put_object(Bucket="bucket", Key="reported", Body=b"")
    clock.run_until(START + timedelta(seconds=2))
    assert received(later_aws, url) == ["reported"]
