"""Lambda: functions and layers."""

from embedded_aws.permissions.actions.shapes import as_action, on_everything, on_resource, pass_role
from embedded_aws.permissions.call import Call
from embedded_aws.permissions.documents import Demand

_SERVICE = "lambda.amazonaws.com"
_ARN_PARTS = 7


def _function(call: Call) -> str:
    given = call.text("FunctionName") or call.text("Resource")
    if given.startswith("arn:"):
        return given
    name = given.rsplit("function:", 1)[-1]  # `123456789012:function:name` is also a name
    return call.arn(f"function:{name}")


def _unqualified(call: Call) -> str:
    return ":".join(_function(call).split(":")[:_ARN_PARTS])


def _with_role(call: Call) -> list[Demand]:
    role_arn = call.text("Role")
    layers = [Demand("lambda:GetLayerVersion", arn) for arn in call.params.get("Layers") or []]
    demand = Demand(f"lambda:{call.operation}", _unqualified(call))
    return [demand, *pass_role(role_arn, _SERVICE), *layers]


def _layer(call: Call) -> str:
    name = call.text("LayerName").rsplit("layer:", 1)[-1]
    version = call.text("VersionNumber")
    return call.arn(f"layer:{name}:{version}" if version else f"layer:{name}")


DEMANDS = {
    **on_everything("ListFunctions", "ListLayers"),
    **on_resource(
        _unqualified,
        "AddPermission",
        "DeleteFunction",
        "GetFunction",
        "GetFunctionConfiguration",
        "GetPolicy",
        "ListTags",
        "ListVersionsByFunction",
        "PublishVersion",
        "RemovePermission",
        "TagResource",
        "UntagResource",
        "UpdateFunctionCode",
    ),
    **on_resource(
        _layer,
        "PublishLayerVersion",
        "GetLayerVersion",
        "DeleteLayerVersion",
        "ListLayerVersions",
    ),
    "CreateFunction": _with_role,
    "UpdateFunctionConfiguration": _with_role,
    "Invoke": as_action("InvokeFunction", _function),
}
