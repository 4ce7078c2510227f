"""S3 tells only those who may list a bucket that it has no such object; others are denied."""

from moto.s3.models import s3_backends

from embedded_aws.context import current
from embedded_aws.permissions.actions.s3 import bucket_arn
from embedded_aws.permissions.call import Call
from embedded_aws.permissions.documents import Demand


def missing_object_demands(call: Call) -> list[Demand]:
    """Return what reading an object needs that is not there."""
    if call.service != "s3" or call.operation not in ("GetObject", "HeadObject"):
        return []
    name, key = call.path_params["Bucket"], call.path_params["Key"]
    buckets = s3_backends[current().settings.account_id]["aws"].buckets
    if name not in buckets or buckets[name].keys.get(key) is not None:
        return []
    return [Demand("s3:ListBucket", bucket_arn(name))]
