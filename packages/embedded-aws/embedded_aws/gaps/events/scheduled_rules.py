"""A rule with a ScheduleExpression sends its targets an event when it is due, in UTC.

moto never does, and matches every event with such a rule.
"""

import uuid
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import partial
from typing import Any

from moto.events.exceptions import ValidationException
from moto.events.models import EventPattern, EventsBackend, Rule, events_backends

from embedded_aws.context import current
from embedded_aws.patching import wrap
from embedded_aws.schedules.agenda import Appointment, current_agenda
from embedded_aws.schedules.expression import ExpressionInvalidError, parse_expression

_DETAIL_TYPE = "Scheduled Event"


def install() -> None:
    """Patch the creation, change and deletion of rules, and their event patterns."""
    wrap(EventsBackend, "put_rule", _make_put)
    wrap(EventsBackend, "enable_rule", _make_switch)
    wrap(EventsBackend, "disable_rule", _make_switch)
    wrap(EventsBackend, "delete_rule", _make_delete)
    wrap(Rule, "__init__", _make_init)


def resume_scheduled_rules() -> None:
    """Schedule the rules of a restored account; what was due in the meantime is skipped."""
    for rule in _rules():
        _enter(rule)


def begin_scheduled_rules() -> None:
    """Schedule the rules of a restored account as if they had been created now."""
    for rule in _rules():
        if rule.scheduled_expression:
            rule.scheduled_since = current().clock.now().timestamp()
        _enter(rule)


def _rules() -> Iterator[Any]:
    backend: Any
    for _, _, backend in events_backends.iter_backends():
        for bus in backend.event_buses.values():
            yield from bus.rules.values()


class OnlyWhenDue(EventPattern):
    """The pattern of a rule that has a schedule and no pattern: only its own events match."""

    def __init__(self, rule_arn: str) -> None:
        """Store the rule that the events belong to."""
        super().__init__(None, {})
        self._rule_arn = rule_arn

    def matches_event(self, event: Any) -> bool:
        """Return whether the schedule of this rule has sent it."""
        return bool(
            event.get("detail-type") == _DETAIL_TYPE and self._rule_arn in event["resources"]
        )


def _make_init(original: Any) -> Any:
    def __init__(self: Any, *args: Any, **named: Any) -> None:
        original(self, *args, **named)
        if self.scheduled_expression and not self.event_pattern.get_pattern():
            self.event_pattern = OnlyWhenDue(self.arn)

    return __init__


def _make_put(original: Any) -> Any:
    def put_rule(self: Any, *args: Any, **named: Any) -> Any:
        expression = named.get("scheduled_expression")
        if expression:
            _check(expression)
        rule = original(self, *args, **named)
        rule.scheduled_since = current().clock.now().timestamp()
        _enter(rule)
        return rule

    return put_rule


def _make_switch(original: Any) -> Any:
    def switch(self: Any, name: str, event_bus_arn: str | None) -> bool:
        has_switched = bool(original(self, name, event_bus_arn))
        if has_switched:
            _enter(self._get_event_bus(self._normalize_event_bus_arn(event_bus_arn)).rules[name])
        return has_switched

    return switch


def _make_delete(original: Any) -> Any:
    def delete_rule(self: Any, name: str, event_bus_arn: str | None) -> None:
        bus = self.event_buses.get(self._normalize_event_bus_arn(event_bus_arn))
        rule = bus.rules.get(name) if bus is not None else None
        original(self, name, event_bus_arn)
        if rule is not None:
            current_agenda().strike(rule.arn)

    return delete_rule


def _check(expression: str) -> None:
    try:
        parse_expression(expression)
    except ExpressionInvalidError as error:
        raise ValidationException("Parameter ScheduleExpression is not valid.") from error


def _enter(rule: Any) -> None:
    if rule.state != "ENABLED" or not rule.scheduled_expression:
        current_agenda().strike(rule.arn)
        return
    expression = parse_expression(rule.scheduled_expression)
    since = datetime.fromtimestamp(rule.scheduled_since, UTC)
    appointment = Appointment(
        next_after=lambda timestamp: expression.next_after(max(timestamp, since), since),
        keep=partial(_send, rule),
    )
    current_agenda().enter(rule.arn, appointment)


def _send(rule: Any, due: datetime) -> None:
    settings = current().settings
    event = {
        "version": "0",
        "id": str(uuid.uuid4()),
        "detail-type": _DETAIL_TYPE,
        "source": "aws.events",
        "account": settings.account_id,
        "time": due.timestamp(),
        "region": settings.region,
        "resources": [rule.arn],
        "detail": {},
    }
    rule.send_to_targets(event)
