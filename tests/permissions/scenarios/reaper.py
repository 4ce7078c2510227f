"""What the reaper finds: a missed wake, resources of no run, a silent machine."""

import time
from datetime import timedelta

from moto.s3.models import s3_backends

from embedded_aws import EmbeddedAws
from tests.end_to_end.deployment import Deployed
from tests.permissions.scenarios.scenario import (
    SECONDS,
    STOPS_ON_SIGNAL,
    await_sleep,
    outputs_of,
    reap,
    require_reason,
)


def reaped(deployed: Deployed, aws: EmbeddedAws) -> None:
    """Let the reaper wake a run that missed its wake, and find what an abandoned one left."""
    outputs, dynamodb = outputs_of(aws), aws.client("dynamodb")
    started = deployed.start("called", STOPS_ON_SIGNAL)
    deployed.wait_for_file(started, "started.json", SECONDS)
    item = await_sleep(outputs["JobsTableName"], "called", aws)
    dynamodb.update_item(
        TableName=outputs["JobsTableName"],
        Key={"item": item["item"]},
        UpdateExpression="SET stop_requested_at = :now",
        ExpressionAttributeValues={":now": item["submitted_at"]},
    )
    nobody = f"{started.execution_arn}-that-never-was"
    note = {"training_job_name": {"S": "of-nobody"}, "execution_arn": {"S": nobody}}
    dynamodb.put_item(
        TableName=outputs["JobsTableName"], Item={"item": {"S": "machine#i-of-nobody"}, **note}
    )
    owner = {"parris:execution": nobody, "parris:job": "of-nobody"}
    tags = {"parris:deployment": "parris", **owner}
    volume_tags = [{"Key": name, "Value": value} for name, value in tags.items()]
    volume = aws.client("ec2").create_volume(
        Size=8,
        AvailabilityZone="us-east-1a",
        TagSpecifications=[{"ResourceType": "volume", "Tags": volume_tags}],
    )
    reap(aws)
    require_reason(deployed.end_of(started, SECONDS), "ABORTED")
    # The cleanup that the reaper has started deletes it, by its tags alone.
    ends_at, named = (
        time.monotonic() + SECONDS,
        {"Name": "volume-id", "Values": [volume["VolumeId"]]},
    )
    while aws.client("ec2").describe_volumes(Filters=[named])["Volumes"]:
        assert time.monotonic() < ends_at, "the unowned volume still exists"
        time.sleep(0.5)


def silent(deployed: Deployed, aws: EmbeddedAws) -> None:
    """Let the reaper find a machine whose last heartbeat is hours old, and its run check it."""
    started = deployed.start("silent", STOPS_ON_SIGNAL)
    deployed.wait_for_file(started, "heartbeat.json", SECONDS)
    await_sleep(outputs_of(aws)["JobsTableName"], "silent", aws)
    folder, s3 = deployed.folder_of(started), aws.client("s3")
    # First without a heartbeat, which the reaper leaves to the boot timeout.
    s3.delete_object(Bucket=folder.bucket, Key=folder.heartbeat_key)
    reap(aws)
    s3.put_object(Bucket=folder.bucket, Key=folder.heartbeat_key, Body=b"{}")
    buckets = s3_backends[aws.settings.account_id]["aws"].buckets
    buckets[folder.bucket].keys[folder.heartbeat_key].last_modified -= timedelta(hours=3)
    reap(aws)
    require_reason(deployed.end_of(started, SECONDS), "INSTANCE_LOST")
