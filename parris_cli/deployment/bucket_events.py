"""Makes an existing training bucket report its objects to EventBridge, for `parris deploy`.

The bucket of a deployment's own does so by its template. Without these events a run is woken by the
end of its machine instead of its exit report, some seconds later, and by the reaper where its
runner has decided that the job ends.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from botocore.exceptions import BotoCoreError, ClientError

from parris_cli.aws_errors import describe_error

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_s3.type_defs import NotificationConfigurationTypeDef

_EVENTS: Final = "EventBridgeConfiguration"
_PRICE = "EventBridge bills about 1 USD for each million of them"


def sends_events(s3: S3Client, bucket: str) -> bool:
    """Return whether the bucket reports its objects to EventBridge."""
    return _EVENTS in _read(s3, bucket)


def enable_events(s3: S3Client, bucket: str) -> tuple[bool, str]:
    """Let the bucket report its objects to EventBridge; return whether it does, and that in words.

    S3 replaces the whole configuration, so everything that is in it is written again. Nothing is
    ever removed, also not when the deployment is deleted.
    """
    try:
        before = _read(s3, bucket)
        if _EVENTS in before:
            return True, f"{bucket} reports its objects to EventBridge"
        wanted: NotificationConfigurationTypeDef = {**before, _EVENTS: {}}
        # With validation, S3 would send a test message to each destination that is in use.
        s3.put_bucket_notification_configuration(
            Bucket=bucket, NotificationConfiguration=wanted, SkipDestinationValidation=True
        )
        if _read(s3, bucket) != wanted:
            return False, (
                f"{bucket} does not show the notification configuration that was written: check it"
                " with `aws s3api get-bucket-notification-configuration`"
            )
    except (BotoCoreError, ClientError) as err:
        return False, (
            f"{bucket} does not report its objects to EventBridge, so jobs end some seconds later"
            " than they could, those that on-metric or no-progress ends up to an hour later, and"
            f" sweeps stop no trial early: {describe_error(err)}"
        )
    return True, f"{bucket} reports its objects to EventBridge from now on; {_PRICE}"


def _read(s3: S3Client, bucket: str) -> NotificationConfigurationTypeDef:
    found = s3.get_bucket_notification_configuration(Bucket=bucket)
    # What is left is what PutBucketNotificationConfiguration takes.
    rest: NotificationConfigurationTypeDef = {  # type: ignore[assignment]
        name: value for name, value in found.items() if name != "ResponseMetadata" and value != []
    }
    return rest
