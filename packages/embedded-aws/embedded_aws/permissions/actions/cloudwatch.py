"""CloudWatch: metrics. Writing them has no resource in IAM; a condition may name the namespace."""

from embedded_aws.permissions.actions.shapes import Table
from embedded_aws.permissions.call import Call
from embedded_aws.permissions.documents import Demand


def _put(call: Call) -> list[Demand]:
    namespace = (("cloudwatch:namespace", call.text("Namespace")),)
    return [Demand("cloudwatch:PutMetricData", "*", namespace)]


DEMANDS: Table = {"PutMetricData": _put}
