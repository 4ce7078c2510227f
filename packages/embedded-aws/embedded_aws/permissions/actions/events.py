"""EventBridge: rules and events."""

from embedded_aws.permissions.actions.shapes import on_everything, on_resource, pass_role
from embedded_aws.permissions.call import Call
from embedded_aws.permissions.documents import Demand

_SERVICE = "events.amazonaws.com"


def _rule(call: Call) -> str:
    name = call.text("Rule") or call.text("Name")
    bus = call.text("EventBusName").rsplit("/", 1)[-1]
    return call.arn(f"rule/{bus}/{name}" if bus not in ("", "default") else f"rule/{name}")


def _with_roles(call: Call) -> list[Demand]:
    roles = {call.text("RoleArn"), *(t.get("RoleArn", "") for t in call.params.get("Targets", []))}
    handed_over = [demand for role in sorted(roles) for demand in pass_role(role, _SERVICE)]
    return [Demand(f"events:{call.operation}", _rule(call)), *handed_over]


def _buses(call: Call) -> list[Demand]:
    names = {entry.get("EventBusName") or "default" for entry in call.params["Entries"]}
    return [Demand("events:PutEvents", call.arn(f"event-bus/{name}")) for name in sorted(names)]


DEMANDS = {
    **on_everything("ListRules", "ListRuleNamesByTarget"),
    **on_resource(
        _rule,
        "DeleteRule",
        "DescribeRule",
        "DisableRule",
        "EnableRule",
        "ListTargetsByRule",
        "RemoveTargets",
    ),
    "PutRule": _with_roles,
    "PutTargets": _with_roles,
    "PutEvents": _buses,
}
