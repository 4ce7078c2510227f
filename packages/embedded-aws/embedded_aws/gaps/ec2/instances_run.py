"""An instance runs its user data, takes time to end, and ends when its system shuts down.

moto changes an instance's state at once, runs nothing and sends no events. Here
`embedded_aws.instances` manages the states, and the driver of `Settings.instances` runs the system.
"""

import copy
from typing import Any

from moto.ec2.models.instances import Instance, InstanceBackend

from embedded_aws.instances import lifecycle
from embedded_aws.instances.errors import IncorrectInstanceStateError
from embedded_aws.instances.state_changes import (
    rename_state,
    report_state,
    set_state,
    start_event_thread,
)
from embedded_aws.patching import wrap


def install() -> None:
    """Patch moto's instances."""
    start_event_thread()
    wrap(Instance, "__init__", _make_init)
    wrap(InstanceBackend, "run_instances", _make_run_instances)
    wrap(Instance, "stop", _make_stop)
    wrap(Instance, "terminate", _make_terminate)
    wrap(Instance, "start", _make_start)
    wrap(Instance, "reboot", _make_reboot)
    # A stack is not complete before its instance is running.
    Instance.is_created = _is_created  # type: ignore[assignment,method-assign]


def _is_created(instance: Any) -> bool:
    return bool(instance.state != "pending")


def _make_init(original: Any) -> Any:
    def init(self: Any, *arguments: Any, **named: Any) -> None:
        original(self, *arguments, **named)
        rename_state(self, "pending")  # before anybody can see it

    return init


def _make_run_instances(original: Any) -> Any:
    def run_instances(self: Any, *arguments: Any, **named: Any) -> Any:
        lifecycle.require_runnable(named.get("user_data") or arguments[2:3])
        with lifecycle.no_end_begins():
            reservation = original(self, *arguments, **named)
            for instance in reservation.instances:
                report_state(instance, "pending")
                if instance.user_data:
                    lifecycle.launch(instance)
                else:
                    set_state(instance, "running")
        return reservation

    return run_instances


def _make_stop(original: Any) -> Any:
    def stop(self: Any) -> Any:
        if self.state in ("terminated", "shutting-down"):
            raise IncorrectInstanceStateError(self, "stopped")
        return lifecycle.begin_end(self, lifecycle.STOP)

    # moto's own last step, taken when the system is off.
    Instance.finish_stop = original  # type: ignore[attr-defined]
    return stop


def _make_terminate(original: Any) -> Any:
    def terminate(self: Any) -> Any:
        return lifecycle.begin_end(self, lifecycle.TERMINATE)

    Instance.finish_terminate = original  # type: ignore[attr-defined]
    return terminate


def _make_start(original: Any) -> Any:
    def start(self: Any) -> Any:
        if self.state in ("pending", "running"):
            return copy.copy(self._state)
        if self.state != "stopped":
            raise IncorrectInstanceStateError(self, "started")
        return lifecycle.start_again(self, original)

    return start


def _make_reboot(original: Any) -> Any:
    def reboot(self: Any) -> None:
        if self.state != "running":
            raise IncorrectInstanceStateError(self, "rebooted")
        lifecycle.ask_reboot(self.id)
        original(self)

    return reboot
