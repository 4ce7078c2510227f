"""STS. What AssumeRole needs beside, the role's own trust, is looked at by the gate."""

from embedded_aws.permissions.actions.shapes import on_resource
from embedded_aws.permissions.call import Call
from embedded_aws.permissions.documents import Demand


def _nothing(call: Call) -> list[Demand]:
    return []  # AWS answers everybody who he is, whatever his policies say


DEMANDS = {
    **on_resource(lambda call: call.text("RoleArn"), "AssumeRole"),
    "GetCallerIdentity": _nothing,
}
