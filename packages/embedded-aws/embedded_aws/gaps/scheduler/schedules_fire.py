"""A schedule of EventBridge Scheduler fires when it is due; invalid schedules are refused.

moto stores schedules, accepts any expression and time zone, and never fires them.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

from moto.scheduler.exceptions import ValidationException
from moto.scheduler.models import EventBridgeSchedulerBackend, scheduler_backends

from embedded_aws.context import current
from embedded_aws.patching import wrap
from embedded_aws.permissions.trust import RoleNotAssumableError, require_trust
from embedded_aws.schedules.agenda import Appointment, current_agenda
from embedded_aws.schedules.expression import ExpressionInvalidError, parse_expression
from embedded_aws.schedules.invoke_target import SERVICE, invoke_target

_MOMENT_BEFORE = timedelta(microseconds=1)


def install() -> None:
    """Patch the creation, change and deletion of schedules."""
    wrap(EventBridgeSchedulerBackend, "create_schedule", _make_create)
    wrap(EventBridgeSchedulerBackend, "update_schedule", _make_update)
    wrap(EventBridgeSchedulerBackend, "delete_schedule", _make_delete)
    wrap(EventBridgeSchedulerBackend, "delete_schedule_group", _make_delete_group)


def resume_schedules() -> None:
    """Schedule the schedules of a restored account; what was due in the meantime is skipped."""
    for backend, schedule in _schedules():
        _enter(backend, schedule)


def begin_schedules() -> None:
    """Schedule the schedules of a restored account as if they had been created now."""
    for backend, schedule in _schedules():
        _begin(backend, schedule)


def _schedules() -> Iterator[tuple[Any, Any]]:
    backend: Any
    for _, _, backend in scheduler_backends.iter_backends():
        for group in backend.schedule_groups.values():
            for schedule in group.schedules.values():
                yield backend, schedule


def _begin(backend: Any, schedule: Any) -> None:
    now = current().clock.now()
    schedule.creation_date = schedule.last_modified_date = now.timestamp()
    # A rate without a StartDate is due at once.
    _enter(backend, schedule, after=now - _MOMENT_BEFORE)


def _make_create(original: Any) -> Any:
    def create_schedule(self: Any, **request: Any) -> Any:
        _check(request)
        schedule = original(self, **request)
        _begin(self, schedule)
        return schedule

    return create_schedule


def _make_update(original: Any) -> Any:
    def update_schedule(self: Any, **request: Any) -> Any:
        _check(request)
        # Everything that an update does not set returns to its default.
        schedule = original(self, **{**request, "state": request["state"] or "ENABLED"})
        _enter(self, schedule)
        return schedule

    return update_schedule


def _make_delete(original: Any) -> Any:
    def delete_schedule(self: Any, group_name: str | None, name: str) -> None:
        arn = self.get_schedule(group_name, name).arn
        current_agenda().strike(arn)
        original(self, group_name, name)

    return delete_schedule


def _make_delete_group(original: Any) -> Any:
    def delete_schedule_group(self: Any, name: str | None) -> None:
        for schedule in self.get_schedule_group(name).schedules.values():
            current_agenda().strike(schedule.arn)
        original(self, name)

    return delete_schedule_group


def _check(request: dict[str, Any]) -> None:
    try:
        parse_expression(
            request["schedule_expression"], request.get("schedule_expression_timezone") or "UTC"
        )
    except ExpressionInvalidError as error:
        raise ValidationException(message=f"Invalid Schedule Expression: {error}") from error
    if not current().settings.enforce_roles:
        return
    try:
        require_trust(request["target"]["RoleArn"], SERVICE)
    except RoleNotAssumableError as error:
        raise ValidationException(
            message="The execution role you provide must allow AWS EventBridge Scheduler to"
            " assume the role."
        ) from error


def _enter(backend: Any, schedule: Any, after: datetime | None = None) -> None:
    if schedule.state != "ENABLED":
        current_agenda().strike(schedule.arn)
        return
    appointment = Appointment(
        next_after=partial(_next_after, schedule),
        keep=partial(invoke_target, schedule),
        end=partial(_complete, backend, schedule),
    )
    current_agenda().enter(schedule.arn, appointment, after)


def _next_after(schedule: Any, timestamp: datetime) -> datetime | None:
    expression = parse_expression(
        schedule.schedule_expression, schedule.schedule_expression_timezone
    )
    if schedule.schedule_expression.startswith("at("):  # has neither a start nor an end
        return expression.next_after(timestamp, timestamp)
    starts_at = _timestamp_of(schedule.start_date) or _created_at(schedule)
    due = expression.next_after(max(timestamp, starts_at - _MOMENT_BEFORE), starts_at)
    ends_at = _timestamp_of(schedule.end_date)
    return None if due is None or (ends_at is not None and due > ends_at) else due


def _complete(backend: Any, schedule: Any) -> None:
    if schedule.action_after_completion == "DELETE":
        backend.delete_schedule(schedule.group_name, schedule.name)


def _created_at(schedule: Any) -> datetime:
    return datetime.fromtimestamp(schedule.creation_date, UTC)


def _timestamp_of(seconds_since_1970: Any) -> datetime | None:
    return datetime.fromtimestamp(float(seconds_since_1970), UTC) if seconds_since_1970 else None
