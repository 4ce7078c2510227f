"""S3 reports created and deleted objects to EventBridge as AWS documents, and shows that it does.

moto reports no delete marker, and sends such an event within the request, to the rules of every
bus, with a constant sequencer, `eTag` instead of `etag`, and `ObjectCreated:Put` as its reason.
GetBucketNotificationConfiguration leaves the EventBridgeConfiguration out. Other events than these
are moto's.
"""

import uuid
from typing import Any

from moto.s3 import notifications
from moto.s3.models import FakeDeleteMarker, S3Backend
from moto.s3.responses import S3Response

from embedded_aws.context import current
from embedded_aws.emit_event import emit_event
from embedded_aws.fault_injection.plan import faults
from embedded_aws.object_watch import note_object
from embedded_aws.patching import wrap

_SOURCE = "aws.s3"
_CREATED, _DELETED = "Object Created", "Object Deleted"
_MARKED = notifications.S3NotificationEvent.OBJECT_REMOVED_DELETE_MARKER_CREATED_EVENT
_REASONS = {
    "s3:ObjectCreated:Put": "PutObject",
    "s3:ObjectCreated:Post": "POST Object",
    "s3:ObjectCreated:Copy": "CopyObject",
    "s3:ObjectCreated:CompleteMultipartUpload": "CompleteMultipartUpload",
    "s3:ObjectRemoved:Delete": "DeleteObject",
    "s3:ObjectRemoved:DeleteMarkerCreated": "DeleteObject",
}


def install() -> None:
    """Patch the event of an object, and the answer about a bucket's notifications."""
    wrap(notifications, "_send_event_bridge_message", _make_send)
    wrap(S3Backend, "delete_object", _make_delete)
    wrap(S3Response, "get_bucket_notification", _make_get)


def _make_send(original: Any) -> Any:
    def send(account_id: str, bucket: Any, event_name: str, key: Any) -> None:
        reason = _REASONS.get(str(getattr(event_name, "value", event_name)))
        if reason is None:
            original(account_id, bucket, event_name, key)
            return
        name = str(getattr(event_name, "value", event_name))
        is_created = name.startswith("s3:ObjectCreated")
        if is_created:
            note_object(bucket.name, key.name)
        if not faults().are_object_events_lost():
            detail = _detail(account_id, bucket, key, reason)
            if not is_created:
                detail = _as_deletion(detail, is_marker=name.endswith("DeleteMarkerCreated"))
            emit_event(_SOURCE, _CREATED if is_created else _DELETED, bucket.arn, detail)

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


def _as_deletion(detail: dict[str, Any], *, is_marker: bool) -> dict[str, Any]:
    described = {k: v for k, v in detail["object"].items() if k in ("key", "sequencer")}
    kind = "Delete Marker Created" if is_marker else "Permanently Deleted"
    return {**detail, "object": described, "deletion-type": kind}


def _make_delete(original: Any) -> Any:
    def delete_object(
        self: Any, bucket_name: str, key_name: str, version_id: str | None = None, **more: Any
    ) -> Any:
        bucket = self.get_bucket(bucket_name)
        before = bucket.keys.get(key_name)
        result = original(self, bucket_name, key_name, version_id, **more)
        is_deleted = before is not None and not isinstance(before, FakeDeleteMarker)
        if bucket.is_versioned and version_id is None and is_deleted:
            notifications.send_event(self.account_id, _MARKED, bucket, before)
        return result

    return delete_object


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
