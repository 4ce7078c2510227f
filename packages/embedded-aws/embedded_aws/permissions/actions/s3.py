"""S3: buckets and objects."""

import urllib.parse

from embedded_aws.permissions.actions.shapes import Demands, as_action
from embedded_aws.permissions.call import Call
from embedded_aws.permissions.documents import Demand


def bucket_arn(name: str) -> str:
    """Return the ARN of a bucket."""
    return f"arn:aws:s3:::{name}"


def _bucket(call: Call) -> str:
    return bucket_arn(str(call.path_params["Bucket"]))


def _object(call: Call) -> str:
    return f"{_bucket(call)}/{call.path_params['Key']}"


def _list(call: Call) -> list[Demand]:
    asked = {name: call.request.args.get(name) for name in ("prefix", "delimiter")}
    context = tuple((f"s3:{name}", value) for name, value in asked.items() if value is not None)
    return [Demand("s3:ListBucket", _bucket(call), context)]


def _read(call: Call) -> list[Demand]:
    is_versioned = "versionId" in call.request.args
    return [Demand("s3:GetObjectVersion" if is_versioned else "s3:GetObject", _object(call))]


def _copy(call: Call) -> list[Demand]:
    source = urllib.parse.unquote(call.request.headers["x-amz-copy-source"]).lstrip("/")
    read = Demand("s3:GetObject", bucket_arn(source.partition("?")[0]))
    return [read, Demand("s3:PutObject", _object(call))]


def _delete_many(call: Call) -> list[Demand]:
    objects = call.params["Delete"]["Objects"]
    return [Demand("s3:DeleteObject", f"{_bucket(call)}/{one['Key']}") for one in objects]


def _delete(call: Call) -> list[Demand]:
    is_versioned = "versionId" in call.request.args
    action = "s3:DeleteObjectVersion" if is_versioned else "s3:DeleteObject"
    return [Demand(action, _object(call))]


_ON_BUCKETS = {
    "CreateBucket": "CreateBucket",
    "DeleteBucket": "DeleteBucket",
    "HeadBucket": "ListBucket",
    "GetBucketLocation": "GetBucketLocation",
    "GetBucketNotificationConfiguration": "GetBucketNotification",
    "GetBucketPolicy": "GetBucketPolicy",
    "GetBucketTagging": "GetBucketTagging",
    "GetBucketVersioning": "GetBucketVersioning",
    "GetPublicAccessBlock": "GetBucketPublicAccessBlock",
    "ListMultipartUploads": "ListBucketMultipartUploads",
    "ListObjectVersions": "ListBucketVersions",
    "PutBucketEncryption": "PutEncryptionConfiguration",
    "PutBucketNotificationConfiguration": "PutBucketNotification",
    "PutBucketOwnershipControls": "PutBucketOwnershipControls",
    "PutBucketPolicy": "PutBucketPolicy",
    "PutBucketTagging": "PutBucketTagging",
    "PutBucketVersioning": "PutBucketVersioning",
    "PutPublicAccessBlock": "PutBucketPublicAccessBlock",
}
_ON_OBJECTS = {
    "AbortMultipartUpload": "AbortMultipartUpload",
    "CompleteMultipartUpload": "PutObject",
    "CreateMultipartUpload": "PutObject",
    "GetObjectTagging": "GetObjectTagging",
    "ListParts": "ListMultipartUploadParts",
    "PutObject": "PutObject",
    "PutObjectTagging": "PutObjectTagging",
    "UploadPart": "PutObject",
}

DEMANDS: dict[str, Demands] = {
    **{name: as_action(f"s3:{action}", _bucket) for name, action in _ON_BUCKETS.items()},
    **{name: as_action(f"s3:{action}", _object) for name, action in _ON_OBJECTS.items()},
    "ListBuckets": as_action("s3:ListAllMyBuckets", lambda call: "*"),
    "ListObjects": _list,
    "ListObjectsV2": _list,
    "GetObject": _read,
    "HeadObject": _read,
    "CopyObject": _copy,
    "DeleteObject": _delete,
    "DeleteObjects": _delete_many,
}
