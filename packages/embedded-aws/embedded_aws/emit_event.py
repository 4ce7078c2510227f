"""Sends an event as an AWS service does, to the rules of the account's default event bus."""

import json
import logging
from datetime import timedelta
from typing import Any

from moto.events.models import events_backends

from embedded_aws.context import current
from embedded_aws.metering.meter import SentEvent, meter_of
from embedded_aws.sender import current_sender

_MOST_TRIES = 5
_logger = logging.getLogger(__name__)


def emit_event(source: str, detail_type: str, resource_arn: str, detail: dict[str, Any]) -> None:
    """Send an event, which is delivered after `Settings.event_seconds`.

    Failures are logged, because the sender does not wait.

    Args:
        source: `aws.` and the service's name.
        detail_type: as EventBridge writes it.
        resource_arn: what the event is about.
        detail: its fields.
    """
    context = current()
    if context.is_closing.is_set():
        return
    now = context.clock.now()
    sent = SentEvent(source, resource_arn, detail, now, current_sender())
    meter_of(context).count_event(sent)
    settings = context.settings
    event = {
        "Source": source,
        "DetailType": detail_type,
        "Resources": [resource_arn],
        "Detail": json.dumps(detail),
        "Time": now.timestamp(),
    }
    if settings.event_seconds > 0:
        due_at = now + timedelta(seconds=settings.event_seconds)
        context.clock.call_at(due_at, lambda: _deliver(event))
    else:
        _deliver(event)


def _deliver(event: dict[str, Any]) -> None:
    settings = current().settings
    backend = events_backends[settings.account_id][settings.region]
    for _ in range(_MOST_TRIES):
        try:
            backend.put_events([event])
            return
        except RuntimeError:  # a rule was added or removed while moto iterated over them
            continue
        except Exception:
            break
    _logger.exception("an event could not be sent", extra={"event": event})
