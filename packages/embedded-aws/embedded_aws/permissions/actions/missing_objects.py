"""S3 reports a missing object only to callers who may list the bucket; others are denied."""

import urllib.parse

from moto.s3.models import FakeDeleteMarker, s3_backends

from embedded_aws.context import current
from embedded_aws.permissions.actions.s3 import bucket_arn
from embedded_aws.permissions.call import Call
from embedded_aws.permissions.documents import Demand


def missing_object_demands(call: Call) -> list[Demand]:
    """Return what reading a missing object needs."""
    named = _object_read_by(call)
    if named is None:
        return []
    name, key = named
    buckets = s3_backends[current().settings.account_id]["aws"].buckets
    if name not in buckets:
        return []
    found = buckets[name].keys.get(key)
    is_there = found is not None and not isinstance(found, FakeDeleteMarker)
    # Without a prefix: a permission conditioned on one does not apply to reading an object.
    return [] if is_there else [Demand("s3:ListBucket", bucket_arn(name))]


def _object_read_by(call: Call) -> tuple[str, str] | None:
    """Return bucket and key of the object that a request reads, None if it reads none."""
    if call.service != "s3":
        return None
    if call.operation in ("GetObject", "HeadObject"):
        return str(call.path_params["Bucket"]), str(call.path_params["Key"])
    if call.operation in ("CopyObject", "UploadPartCopy"):
        source = urllib.parse.unquote(call.request.headers["x-amz-copy-source"]).lstrip("/")
        name, _, key = source.partition("?")[0].partition("/")
        return name, key
    return None
