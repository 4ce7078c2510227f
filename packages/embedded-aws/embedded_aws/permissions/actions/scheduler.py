"""EventBridge Scheduler: schedules."""

from embedded_aws.permissions.actions.shapes import on_everything, on_resource, pass_role
from embedded_aws.permissions.call import Call
from embedded_aws.permissions.documents import Demand

_SERVICE = "scheduler.amazonaws.com"


def _schedule(call: Call) -> str:
    group = call.text("GroupName") or "default"
    return call.arn(f"schedule/{group}/{call.text('Name')}")


def _with_role(call: Call) -> list[Demand]:
    role_arn = (call.params.get("Target") or {}).get("RoleArn", "")
    demand = Demand(f"scheduler:{call.operation}", _schedule(call))
    return [demand, *pass_role(role_arn, _SERVICE)]


DEMANDS = {
    **on_everything("ListSchedules", "ListScheduleGroups"),
    **on_resource(_schedule, "GetSchedule", "DeleteSchedule"),
    "CreateSchedule": _with_role,
    "UpdateSchedule": _with_role,
}
