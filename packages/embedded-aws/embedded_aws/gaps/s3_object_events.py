"""S3 reports created objects to EventBridge as AWS documents, and shows that a bucket does so.

moto sends such an event within the request, to the rules of every bus, with a constant sequencer,
`eTag` instead of `etag`, and `ObjectCreated:Put` as its reason. GetBucketNotificationConfiguration
leaves the EventBridgeConfiguration out. Other events than those of created objects are moto's.
"""

import uuid
from typing import Any

from moto.s3 import notifications
from moto.s3.responses import S3Response

from embedded_aws.context import current
from embedded_aws.emit_event import emit_event
from embedded_aws.fault_injection.plan import faults
from embedded_aws.object_watch import note_object
from embedded_aws.patching import wrap

_SOURCE = "aws.s3"
_REASONS = {
    "s3:ObjectCreated:Put": "PutObject",
    "s3:ObjectCreated:Post": "POST Object",
    "s3:ObjectCreated:Copy": "CopyObject",
    "s3:ObjectCreated:CompleteMultipartUpload": "CompleteMultipartUpload",
}


def install() -> None:
    """Patch the event of an object, and the answer about a bucket's notifications."""
    wrap(notifications, "_send_event_bridge_message", _make_send)
    wrap(S3Response, "get_bucket_notification", _make_get)


def _make_send(original: Any) -> Any:
    def send(account_id: str, bucket: Any, event_name: str, key: Any) -> None:
        reason = _REASONS.get(str(getattr(event_name, "value", event_name)))
        if reason is None:
            original(account_id, bucket, event_name, key)
            return
        note_object(bucket.name, key.name)
        if not faults().are_object_events_lost():
            detail = _detail(account_id, bucket, key, reason)
            emit_event(_SOURCE, "Object Created", bucket.arn, detail)

    return send


def _detail(account_id: str, bucket: Any, key: Any, reason: str) -> dict[str, Any]:
    described = {
        "key": key.name,
        "size": key.size,
        "etag": key.etag.strip('"'),
        # Grows with each write of a key: hexadecimal digits, compared as text.
        "sequencer": f"{int(current().clock.now().timestamp() * 1_000_000):018X}",
    }
    if bucket.is_versioned:
        described["version-id"] = key.version_id
    return {
        "version": "0",
        "bucket": {"name": bucket.name},
        "object": described,
        "request-id": uuid.uuid4().hex[:16].upper(),
        "requester": account_id,
        "source-ip-address": "127.0.0.1",
        "reason": reason,
    }


def _make_get(original: Any) -> Any:
    def get(self: Any) -> Any:
        found = self.backend.get_bucket_notification_configuration(self.bucket_name)
        if found is not None and found.event_bridge is not None:
            serialized = self.serialized

            def with_event_bridge(answer: Any) -> Any:
                answer.result["EventBridgeConfiguration"] = {}
                return serialized(answer)

            self.serialized = with_event_bridge  # of this request alone
        return original(self)

    return get
