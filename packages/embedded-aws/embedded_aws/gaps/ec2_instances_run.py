"""An instance runs its user data, takes time to end, and ends itself when its system goes off.

moto changes an instance's state at once and runs nothing. Here each instance with user data is a
machine (`embedded_aws.local_instance`): stop and terminate ask it to go off and the state follows
when it is off; a machine that goes off by itself is stopped or terminated, as its shutdown
behaviour says. EventBridge hears of every change.
"""

import base64
import copy
import functools
import logging
import queue
import sys
import threading
from contextlib import suppress
from pathlib import Path
from typing import Any

from moto.ec2.exceptions import EC2ClientError
from moto.ec2.models.instances import Instance, InstanceBackend, StateReason

from embedded_aws.clock.real_clock import RealClock
from embedded_aws.context import ClosedError, Context, current, is_running
from embedded_aws.fault_injection.plan import faults
from embedded_aws.gaps.events_instance_state import emit_instance_state_change
from embedded_aws.local_instance.accelerators import accelerator_commands
from embedded_aws.local_instance.aws_server import start_aws_server
from embedded_aws.local_instance.instance_metadata import make_metadata_server
from embedded_aws.local_instance.machine import Machine
from embedded_aws.patching import wrap
from embedded_aws.places import Queue, default_machines
from embedded_aws.simulation.simulated_machine import SimulatedMachine

_CODES = {
    "pending": 0,
    "running": 16,
    "shutting-down": 32,
    "terminated": 48,
    "stopping": 64,
    "stopped": 80,
}
_STOP, _TERMINATE = "stop", "terminate"
_LOST = "Server.InternalError"
_BEGINNING = ("pending", "running")
_OVER = {_STOP: "stopped", _TERMINATE: "terminated"}
_UNDER_WAY = {_STOP: "stopping", _TERMINATE: "shutting-down"}

_AWS_SERVER = "aws-command"
_TELLING = "changes of instances"
_PLACES = "places of machines"

_machines: dict[str, Machine | SimulatedMachine] = {}
_wanted_ends: dict[str, str] = {}
_lock = threading.RLock()
_changes: queue.SimpleQueue[tuple[Context, str, str]] = queue.SimpleQueue()
_logger = logging.getLogger(__name__)


class IncorrectInstanceStateError(EC2ClientError):
    """The instance is in a state in which it cannot do what was asked."""

    def __init__(self, instance: Any) -> None:
        """Name the instance and its state."""
        text = f"The instance '{instance.id}' is not in a state from which this can be done"
        super().__init__("IncorrectInstanceState", f"{text} ({instance.state}).")


class NotSimulatedError(EC2ClientError):
    """What is asked for would need what the embedded AWS does not imagine."""

    def __init__(self, message: str) -> None:
        """Say what it is."""
        super().__init__("UnsupportedOperation", f"The embedded AWS does not model this: {message}")


def install() -> None:
    """Patch moto's instances."""
    if not any(thread.name == _tell_all.__name__ for thread in threading.enumerate()):
        threading.Thread(target=_tell_all, name=_tell_all.__name__, daemon=True).start()
    wrap(InstanceBackend, "run_instances", _make_run_instances)
    wrap(Instance, "stop", _make_stop)
    wrap(Instance, "terminate", _make_terminate)
    wrap(Instance, "start", _make_start)
    wrap(Instance, "reboot", _make_reboot)
    # A stack is not complete before its instance runs.
    Instance.is_created = _is_created  # type: ignore[assignment,method-assign]


def _is_created(instance: Any) -> bool:
    return bool(instance.state != "pending")


def console_of(instance_id: str) -> bytes:
    """Return what an instance has said; nothing for one that runs nothing."""
    machine = _machines.get(instance_id)
    return machine.read_console() if machine is not None else b""


def kill_instance(instance: Any) -> None:
    """Let EC2 lose a simulated instance: it is terminated without a word of its own."""
    if cut_off_instance(instance):
        words = "Internal error on launch or while running"
        instance.state_reason = StateReason(f"{_LOST}: {words}", _LOST)


def cut_off_instance(instance: Any) -> bool:
    """Terminate a simulated instance that runs at once, whatever it is at; return whether it was
    one.
    """
    with _lock:
        machine = _machines.get(instance.id)
        if not isinstance(machine, SimulatedMachine) or instance.state != "running":
            return False
        machine.kill()
        _wanted_ends[instance.id] = _TERMINATE
        _set_state(instance, _UNDER_WAY[_TERMINATE])
        _finish_end(instance)
        return True


def hang_instance(instance: Any) -> None:
    """Let the system of a simulated instance hang: EC2 says that it runs, and it does nothing."""
    machine = _machines.get(instance.id)
    if isinstance(machine, SimulatedMachine):
        machine.hang()


def give_interruption_notice(instance_id: str) -> None:
    """Let a simulated instance see that EC2 will take it back; a real one looks for itself."""
    machine = _machines.get(instance_id)
    if isinstance(machine, SimulatedMachine):
        machine.see_interruption()


def _make_run_instances(original: Any) -> Any:
    def run_instances(self: Any, *arguments: Any, **named: Any) -> Any:
        _require_simulation_on_virtual_clock(named.get("user_data") or arguments[2:3])
        reservation = original(self, *arguments, **named)
        for instance in reservation.instances:
            _tell(instance, "pending")
            if instance.user_data:
                _launch(instance)
            else:
                _tell(instance, "running")
        return reservation

    return run_instances


def _make_stop(original: Any) -> Any:
    def stop(self: Any) -> Any:
        if self.state in ("terminated", "shutting-down"):
            raise IncorrectInstanceStateError(self)
        return _begin_end(self, _STOP)

    # The last step of moto's own, taken when the machine is off.
    Instance.finish_stop = original  # type: ignore[attr-defined]
    return stop


def _make_terminate(original: Any) -> Any:
    def terminate(self: Any) -> Any:
        return _begin_end(self, _TERMINATE)

    Instance.finish_terminate = original  # type: ignore[attr-defined]
    return terminate


def _make_start(original: Any) -> Any:
    def start(self: Any) -> Any:
        if self.state == "running":
            return copy.copy(self._state)
        if self.state != "stopped":
            raise IncorrectInstanceStateError(self)
        with _lock:
            previous = original(self)
            _tell(self, "pending")
            if self.id in _machines:
                _launch(self)
            else:
                self.launch_time = current().clock.now().replace(tzinfo=None)
                _tell(self, "running")
        return previous

    return start


def _make_reboot(original: Any) -> Any:
    def reboot(self: Any) -> None:
        if self.state != "running":
            raise IncorrectInstanceStateError(self)
        machine = _machines.get(self.id)
        if isinstance(machine, SimulatedMachine):
            raise NotSimulatedError("a simulated instance cannot be restarted")
        original(self)
        if machine is not None:
            machine.ask_reboot()

    return reboot


def _require_simulation_on_virtual_clock(user_data: Any) -> None:
    if not user_data or not is_running():
        return
    context = current()
    if context.settings.training is None and not isinstance(context.clock, RealClock):
        raise NotSimulatedError("processes live by the machine's time, not by a virtual clock")


def _launch(instance: Any) -> None:
    """Let an instance that is pending run, at once or when another one is off."""
    with _lock:
        _rename_state(instance, "pending")
        _queue_of(current()).ask(functools.partial(_begin, instance))


def _begin(instance: Any) -> bool:
    context = current()
    if instance.state != "pending":
        return False  # somebody has ended it meanwhile
    if instance.id not in _machines:
        _machines[instance.id] = _make_machine(context, instance)
        context.closers.callback(_forget, instance.id)  # which waits for the lock
    # From now on it is billed, and booting.
    instance.launch_time = context.clock.now().replace(tzinfo=None)
    _set_state(instance, "running")
    _start(instance)
    return True


def _queue_of(context: Context) -> Queue:
    queue_ = context.services.get(_PLACES)
    if not isinstance(queue_, Queue):
        is_simulated = context.settings.training is not None
        at_once = context.settings.machines_at_once or default_machines()
        queue_ = context.services[_PLACES] = Queue(sys.maxsize if is_simulated else at_once)
    return queue_


def _make_machine(context: Context, instance: Any) -> Machine | SimulatedMachine:
    if context.settings.training is not None:
        return SimulatedMachine(instance, context.settings.training)
    return Machine(
        instance_id=instance.id,
        folder=context.folder / "machines" / instance.id,
        user_data=base64.b64decode(str(instance.user_data)),
        metadata=make_metadata_server(instance),
        endpoint_url=context.endpoint_url,
        region=instance.region_name,
        aws_socket=_aws_socket(context),
        image_commands=accelerator_commands(instance.instance_type, instance.image_id),
    )


def _aws_socket(context: Context) -> Path | None:
    """Return where the `aws` commands of this embedded AWS's machines are forked, if they are."""
    if _AWS_SERVER not in context.services:
        path = context.folder / "aws.socket"
        server = context.services[_AWS_SERVER] = start_aws_server(path)
        if server is not None:
            context.closers.callback(server.close)
            context.closers.callback(path.unlink, missing_ok=True)
    return context.folder / "aws.socket" if context.services[_AWS_SERVER] else None


def _start(instance: Any) -> None:
    context = current()

    def finish() -> None:
        # The machine of an AWS that is closing is forgotten anyway.
        with suppress(ClosedError), context.at_work(f"end of {instance.id}"):
            with _lock:
                _queue_of(context).give_back()
            is_own = _note_own_end(instance)
            context.sleep(context.settings.instance_end_seconds)
            _finish_end(instance, is_own)

    _machines[instance.id].start(finish)


def _forget(instance_id: str) -> None:
    with _lock:
        machine = _machines.pop(instance_id)
        _wanted_ends.pop(instance_id, None)
    machine.close()


def _begin_end(instance: Any, end: str) -> Any:
    with _lock:
        previous = copy.copy(instance._state)
        if instance.state in (_OVER[end], "terminated", "shutting-down"):
            return previous
        is_off = instance.id not in _machines or instance.state == "stopped"
        was_asked = instance.id in _wanted_ends
        _wanted_ends[instance.id] = end
        _set_state(instance, _UNDER_WAY[end])
        if is_off:
            _finish_end(instance)
        elif not was_asked:
            _machines[instance.id].ask_stop()
        return previous


def _note_own_end(instance: Any) -> bool:
    """Return whether a system that is off went off by itself; then its instance is ending now."""
    with _lock:
        if instance.id in _wanted_ends or instance.id not in _machines:
            return False
        end = _wanted_ends[instance.id] = instance.instance_initiated_shutdown_behavior
        _set_state(instance, _UNDER_WAY[end])
        return True


def _finish_end(instance: Any, is_own: bool = False) -> None:
    with _lock:
        end = _wanted_ends.pop(instance.id, None)
        if end is None:
            return  # the embedded AWS is closing, so nobody asks any more
        instance.finish_stop() if end == _STOP else instance.finish_terminate()
        if is_own:
            code = "Client.InstanceInitiatedShutdown"
            instance.state_reason = StateReason(f"{code}: Instance initiated shutdown", code)
        # Removing the machine's files takes a while. Whoever asks meanwhile sees how it ended.
        machine = _machines.get(instance.id)
        if end == _TERMINATE and isinstance(machine, Machine):
            machine.retire()
        _tell(instance, _OVER[end])


def _set_state(instance: Any, name: str) -> None:
    _rename_state(instance, name)
    _tell(instance, name)


def _rename_state(instance: Any, name: str) -> None:
    instance._state.name, instance._state.code = name, _CODES[name]


def _tell(instance: Any, state: str) -> None:
    if not is_running():
        return  # moto may be used without, where nobody hears of it
    context = current()
    if faults().is_mute(instance.id, state not in _BEGINNING):
        return
    with suppress(ClosedError):
        context.enrol(_TELLING)  # from now on, so that no time passes before it is told
        _changes.put((context, instance.id, state))


def _tell_all() -> None:
    # On a thread of its own: whoever hears of a change may well end the instance.
    while True:
        context, instance_id, state = _changes.get()
        try:
            with context.finishing(_TELLING):
                emit_instance_state_change(instance_id, state)
        except Exception:
            _logger.exception("the change of %s to %s was not told", instance_id, state)
