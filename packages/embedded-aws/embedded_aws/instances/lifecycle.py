"""The launch and the end of instances whose system is run by a driver.

Stop and terminate request a shutdown of the system, and the state follows when it is off. A system
that shuts down by itself stops or terminates its instance, depending on the shutdown behaviour.
"""

import copy
import functools
import sys
import threading
from collections.abc import Callable
from contextlib import AbstractContextManager, suppress
from typing import Any

from moto.ec2.models.instances import StateReason

from embedded_aws.clock.real_clock import RealClock
from embedded_aws.context import ClosedError, Context, current, is_running
from embedded_aws.instance_driver import InstanceDriver, InstanceSystem, SimulatedSystem
from embedded_aws.instances.errors import NotModelledError
from embedded_aws.instances.reasons import note_own_shutdown, note_stop_request
from embedded_aws.instances.state_changes import report_state, set_state
from embedded_aws.local_instance.driver import LOCAL_INSTANCES
from embedded_aws.places import Queue, default_machines

STOP, TERMINATE = "stop", "terminate"
_LOST = "Server.InternalError"
_OVER = {STOP: "stopped", TERMINATE: "terminated"}
_UNDER_WAY = {STOP: "stopping", TERMINATE: "shutting-down"}
_PLACES = "places of instances"

_systems: dict[str, InstanceSystem] = {}
# Instances that are being stopped or terminated, and which of the two.
_requested_ends: dict[str, str] = {}
_lock = threading.RLock()


def driver_of(context: Context) -> InstanceDriver:
    """Return the driver of this embedded AWS's instances."""
    return context.settings.instances or LOCAL_INSTANCES


def require_runnable(user_data: Any) -> None:
    """Refuse processes on a virtual clock.

    Raises:
        NotModelledError: when the driver would start processes.
    """
    if not user_data or not is_running():
        return
    context = current()
    if driver_of(context).runs_processes and not isinstance(context.clock, RealClock):
        raise NotModelledError("processes use the machine's clock, not a virtual one")


def no_end_begins() -> AbstractContextManager[Any]:
    """Return a context in which no instance begins to stop or to terminate."""
    return _lock


def launch(instance: Any) -> None:
    """Run a pending instance, at once or when another one is off."""
    with _lock:
        _queue_of(current()).ask(functools.partial(_begin, instance))


def start_again(instance: Any, original_start: Any) -> Any:
    """Start a stopped instance, and return its previous state."""
    with _lock:
        previous = original_start(instance)
        set_state(instance, "pending")
        _after_pending(functools.partial(_run_again, instance))
    return previous


def fail_start(instance: Any, code: str, message: str) -> Any:
    """Let a stopped instance fall back to stopped, and return its previous state.

    Args:
        instance: moto's model of it.
        code: the code of its StateReason afterwards.
        message: the message.
    """
    with _lock:
        previous = copy.copy(instance._state)
        set_state(instance, "pending")
        _after_pending(functools.partial(_fall_back, instance, StateReason(message, code)))
    return previous


def begin_end(instance: Any, end: str) -> Any:
    """Begin to stop or terminate an instance, and return its previous state.

    Args:
        instance: moto's model of it.
        end: `STOP` or `TERMINATE`.
    """
    with _lock:
        previous = copy.copy(instance._state)
        if instance.state in (_OVER[end], "terminated", "shutting-down"):
            return previous
        is_off = instance.id not in _systems or instance.state == "stopped"
        was_asked = instance.id in _requested_ends
        _requested_ends[instance.id] = end
        set_state(instance, _UNDER_WAY[end])
        if end == STOP:
            note_stop_request(instance)
        if is_off:
            _finish_end(instance)
        elif not was_asked:
            _systems[instance.id].ask_stop()
        return previous


def ask_reboot(instance_id: str) -> None:
    """Request a reboot of an instance's system; one without user data has none."""
    system = _systems.get(instance_id)
    if system is not None:
        system.ask_reboot()


def console_of(instance_id: str) -> bytes:
    """Return an instance's console output; empty if it has no user data."""
    system = _systems.get(instance_id)
    return system.read_console() if system is not None else b""


def kill_instance(instance: Any) -> None:
    """Make EC2 lose a simulated instance: it is terminated without a shutdown."""
    if cut_off_instance(instance):
        text = "Internal error on launch or while running"
        instance.state_reason = StateReason(f"{_LOST}: {text}", _LOST)


def cut_off_instance(instance: Any) -> bool:
    """Terminate a simulated instance at once; return False if it is not running."""
    with _lock:
        system = _systems.get(instance.id)
        if not isinstance(system, SimulatedSystem) or instance.state != "running":
            return False
        system.kill()
        _requested_ends[instance.id] = TERMINATE
        set_state(instance, _UNDER_WAY[TERMINATE])
        _finish_end(instance)
        return True


def hang_instance(instance: Any) -> None:
    """Make the system of a simulated instance hang: EC2 reports `running`, but it does nothing."""
    system = _systems.get(instance.id)
    if isinstance(system, SimulatedSystem):
        system.hang()


def show_interruption_notice(instance_id: str) -> None:
    """Notify a simulated instance of its interruption; processes read the metadata service."""
    system = _systems.get(instance_id)
    if isinstance(system, SimulatedSystem):
        system.see_interruption()


def _after_pending(action: Callable[[], None]) -> None:
    """Do what comes after the time in which an instance is pending."""
    context = current()
    seconds = context.settings.instance_start_seconds
    if not seconds:
        action()
        return

    def wait() -> None:
        context.sleep(seconds)
        with _lock:
            action()

    context.run_in_background(wait)


def _run_again(instance: Any) -> None:
    if instance.state != "pending":
        return  # ended meanwhile
    if instance.id in _systems:
        launch(instance)
    else:
        instance.launch_time = current().clock.now().replace(tzinfo=None)
        set_state(instance, "running")


def _fall_back(instance: Any, reason: StateReason) -> None:
    if instance.state == "pending":
        instance.state_reason = reason
        set_state(instance, "stopped")


def _begin(instance: Any) -> bool:
    context = current()
    if instance.state != "pending":
        return False  # ended while it was waiting for a place
    if instance.id not in _systems:
        _systems[instance.id] = driver_of(context).make_system(instance)
        context.closers.callback(_forget, instance.id)  # waits for the lock
    # From now on it is billed, and boots.
    instance.launch_time = context.clock.now().replace(tzinfo=None)
    set_state(instance, "running")
    _start(instance)
    return True


def _queue_of(context: Context) -> Queue:
    queue_ = context.services.get(_PLACES)
    if not isinstance(queue_, Queue):
        at_once = context.settings.machines_at_once or default_machines()
        is_limited = driver_of(context).runs_processes
        queue_ = context.services[_PLACES] = Queue(at_once if is_limited else sys.maxsize)
    return queue_


def _start(instance: Any) -> None:
    context = current()

    def finish() -> None:
        # When the embedded AWS closes, the system is dropped anyway.
        with suppress(ClosedError), context.at_work(f"end of {instance.id}"):
            with _lock:
                _queue_of(context).give_back()
            is_own = _note_own_end(instance)
            context.sleep(context.settings.instance_end_seconds)
            _finish_end(instance, is_own)

    _systems[instance.id].start(finish)


def _forget(instance_id: str) -> None:
    with _lock:
        system = _systems.pop(instance_id)
        _requested_ends.pop(instance_id, None)
    system.close()


def _note_own_end(instance: Any) -> bool:
    """Return whether a system that is off has shut down by itself; then its instance ends now."""
    with _lock:
        if instance.id in _requested_ends or instance.id not in _systems:
            return False
        end = _requested_ends[instance.id] = instance.instance_initiated_shutdown_behavior
        set_state(instance, _UNDER_WAY[end])
        return True


def _finish_end(instance: Any, is_own: bool = False) -> None:
    with _lock:
        end = _requested_ends.pop(instance.id, None)
        if end is None:
            return  # the embedded AWS is closing
        if end == STOP:
            reason, state_reason = instance._reason, instance.state_reason
            instance.finish_stop()
            instance._reason, instance.state_reason = reason, state_reason
        else:
            instance.finish_terminate()
        if is_own:
            note_own_shutdown(instance)
        system = _systems.get(instance.id)
        if end == TERMINATE and system is not None:
            system.retire()
        report_state(instance, _OVER[end])
