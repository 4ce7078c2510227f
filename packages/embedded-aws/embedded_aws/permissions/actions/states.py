"""Step Functions: machines, executions, and tokens, which need no permission on a resource."""

from embedded_aws.permissions.actions.shapes import on_everything, on_resource, pass_role
from embedded_aws.permissions.call import Call
from embedded_aws.permissions.documents import Demand

_SERVICE = "states.amazonaws.com"


def _machine(call: Call) -> str:
    named = call.text("stateMachineArn") or call.text("resourceArn")
    return named or call.arn(f"stateMachine:{call.text('name')}")


def _execution(call: Call) -> str:
    return call.text("executionArn")


def _with_role(call: Call) -> list[Demand]:
    demand = Demand(f"states:{call.operation}", _machine(call))
    return [demand, *pass_role(call.text("roleArn"), _SERVICE)]


DEMANDS = {
    **on_everything(
        "ListStateMachines",
        "SendTaskSuccess",
        "SendTaskFailure",
        "SendTaskHeartbeat",
        "ValidateStateMachineDefinition",
    ),
    **on_resource(
        _machine,
        "StartExecution",
        "ListExecutions",
        "DescribeStateMachine",
        "DeleteStateMachine",
        "TagResource",
        "UntagResource",
        "ListTagsForResource",
    ),
    **on_resource(
        _execution,
        "DescribeExecution",
        "GetExecutionHistory",
        "StopExecution",
        "DescribeStateMachineForExecution",
    ),
    "CreateStateMachine": _with_role,
    "UpdateStateMachine": _with_role,
}
