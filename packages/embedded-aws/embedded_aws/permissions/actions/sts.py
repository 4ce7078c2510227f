"""STS. The gate checks the role's trust policy for AssumeRole."""

from embedded_aws.permissions.actions.shapes import on_resource
from embedded_aws.permissions.call import Call
from embedded_aws.permissions.documents import Demand


def _nothing(call: Call) -> list[Demand]:
    return []  # AWS lets every caller query its own identity, whatever its policies are


DEMANDS = {
    **on_resource(lambda call: call.text("RoleArn"), "AssumeRole"),
    "GetCallerIdentity": _nothing,
}
