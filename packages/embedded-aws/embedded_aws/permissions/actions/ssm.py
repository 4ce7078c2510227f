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


def _put(call: Call) -> list[Demand]:
    """Return what making or changing a parameter needs: tagging it is another action."""
    (put,) = _on_parameters(call)
    tags = [Demand("ssm:AddTagsToResource", put.resource)] if call.params.get("Tags") else []
    return [put, *tags]


def _on_tagged(call: Call) -> list[Demand]:
    account_id = call.arn("").split(":")[4]
    arn = parameter_arn(call.text("ResourceId"), call.region, account_id)
    return [Demand(f"ssm:{call.operation}", arn)]


_OPERATIONS = ("GetParameter", "GetParameters", "GetParametersByPath", "DeleteParameter")
_TAG_OPERATIONS = ("AddTagsToResource", "ListTagsForResource", "RemoveTagsFromResource")
DEMANDS = {
    **on_everything("DescribeParameters"),
    **{name: _on_parameters for name in _OPERATIONS},
    **{name: _on_tagged for name in _TAG_OPERATIONS},
    "PutParameter": _put,
}
