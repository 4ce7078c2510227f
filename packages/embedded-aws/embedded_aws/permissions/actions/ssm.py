"""Systems Manager: parameters. Public ones belong to no account."""

from embedded_aws.permissions.actions.shapes import on_everything
from embedded_aws.permissions.call import Call
from embedded_aws.permissions.documents import Demand

PUBLIC = "/aws/service/"


def parameter_arn(name: str, region: str, account_id: str) -> str:
    """Return the ARN of a parameter."""
    owner = "" if name.startswith(PUBLIC) else account_id
    return f"arn:aws:ssm:{region}:{owner}:parameter/{name.lstrip('/')}"


def _on_parameters(call: Call) -> list[Demand]:
    names = call.params.get("Names") or [call.text("Name") or call.text("Path")]
    account_id = call.arn("").split(":")[4]
    return [
        Demand(f"ssm:{call.operation}", parameter_arn(name, call.region, account_id))
        for name in names
    ]


_OPERATIONS = (
    "GetParameter",
    "GetParameters",
    "GetParametersByPath",
    "PutParameter",
    "DeleteParameter",
)
DEMANDS = {
    **on_everything("DescribeParameters"),
    **{name: _on_parameters for name in _OPERATIONS},
}
