"""The state of an instance, and the EventBridge event at each change, which moto does not send."""

import logging
import queue
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from embedded_aws.context import ClosedError, Context, current, is_running
from embedded_aws.emit_event import emit_event
from embedded_aws.fault_injection.plan import faults

_CODES = {
    "pending": 0,
    "running": 16,
    "shutting-down": 32,
    "terminated": 48,
    "stopping": 64,
    "stopped": 80,
}
_LAUNCHING = ("pending", "running")
_WORK = "state change events of instances"

_WATCHERS = "watchers of instances"

Watcher = Callable[[str, str], None]

_changes: queue.SimpleQueue[tuple[Context, str, str, bool]] = queue.SimpleQueue()
_logger = logging.getLogger(__name__)


def start_event_thread() -> None:
    """Start the process's thread that sends the events, unless it is running."""
    name = _send_events.__name__
    if not any(thread.name == name for thread in threading.enumerate()):
        threading.Thread(target=_send_events, name=name, daemon=True).start()


def set_state(instance: Any, name: str) -> None:
    """Change the state of an instance and report the change to EventBridge."""
    rename_state(instance, name)
    report_state(instance, name)


def rename_state(instance: Any, name: str) -> None:
    """Change the state of an instance without an event."""
    instance._state.name, instance._state.code = name, _CODES[name]


def report_state(instance: Any, state: str) -> None:
    """Report to EventBridge that an instance is now in `state`."""
    if not is_running():
        return  # moto is used on its own
    context = current()
    is_mute = faults().is_mute(instance.id, state not in _LAUNCHING)
    with suppress(ClosedError):
        context.enrol(_WORK)  # counted at once, so that a virtual clock waits for the event
        _changes.put((context, instance.id, state, is_mute))


def watch_states(context: Context, watcher: Watcher) -> None:
    """Call `watcher` with the id and the new state of each instance, whatever EventBridge gets.

    A watcher is called on the thread that sends the events, and only once, however often given.
    """
    watchers = context.services.setdefault(_WATCHERS, [])
    assert isinstance(watchers, list)
    if watcher not in watchers:
        watchers.append(watcher)


def emit_instance_state_change(instance_id: str, state: str) -> None:
    """Send the event that EC2 sends.

    Args:
        instance_id: the instance.
        state: its new state: pending, running, stopping, stopped, shutting-down, terminated.
    """
    settings = current().settings
    arn = f"arn:aws:ec2:{settings.region}:{settings.account_id}:instance/{instance_id}"
    detail = {"instance-id": instance_id, "state": state}
    emit_event("aws.ec2", "EC2 Instance State-change Notification", arn, detail)


def _send_events() -> None:
    # On a thread of its own, because a rule's target may end the instance.
    while True:
        context, instance_id, state, is_mute = _changes.get()
        try:
            with context.finishing(_WORK):
                _notify(context, instance_id, state)
                if not is_mute:
                    emit_instance_state_change(instance_id, state)
        except Exception:
            _logger.exception("no event for the change of %s to %s", instance_id, state)


def _notify(context: Context, instance_id: str, state: str) -> None:
    watchers = context.services.get(_WATCHERS)
    for watcher in watchers if isinstance(watchers, list) else []:
        watcher(instance_id, state)
