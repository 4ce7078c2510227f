"""An instance without processes: it boots, trains, saves and shuts down by the clock."""

import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any

from embedded_aws.context import current
from embedded_aws.fault_injection.fault import FaultKind
from embedded_aws.fault_injection.plan import faults
from embedded_aws.instances.errors import NotModelledError
from embedded_aws.local_instance.instance_metadata import role_of_instance
from parris_cli.rehearsal.simulation.job_folder import JobFolder, MachineRole
from parris_cli.rehearsal.simulation.runner_files import ScriptEnd
from parris_cli.rehearsal.simulation.simulated_runner import (
    BY_INTERRUPTION,
    BY_SIGNAL,
    SimulatedRunner,
)
from parris_cli.rehearsal.simulation.simulated_training import SimulatedTraining
from parris_cli.rehearsal.simulation.user_data import UserData

# As in templates/runner/runner_interruption.py.
_NOTICE_LOOK_SECONDS, _INTERRUPTION_GRACE_SECONDS = 5.0, 45.0
# How long EC2 waits for a system that does not shut down on request; AWS documents no figure.
_FORCED_OFF_SECONDS = 300.0
# How long the user data keeps trying while its requests are denied.
_LONGEST_REFUSAL = timedelta(seconds=120)
_SAYS_INSTEAD_OF_BOOTING = "simulated: the system hangs before it runs its user data"


class Phase(StrEnum):
    """What a simulated instance is doing: `on` from its boot to the end of its runner."""

    OFF = "off"
    ON = "on"
    ENDED = "ended"
    HUNG = "hung"


class SimulatedInstance:
    """The system of one instance, on or off: an `embedded_aws.instance_driver.SimulatedSystem`.

    Args:
        instance: moto's model of the instance.
        user_data: what its user data does.
        training: what its trainer does.
        when_off: called whenever it is off.
    """

    def __init__(
        self,
        instance: Any,
        user_data: UserData,
        training: SimulatedTraining,
        when_off: Callable[[], None],
    ) -> None:
        """Do nothing before `start`."""
        self._instance = instance
        self._when_off = when_off
        self._clock = current().clock
        self._user_data = user_data
        role = MachineRole(
            lambda: role_of_instance(instance)[1],
            "ec2.amazonaws.com",
            instance.id,
            instance.region_name,
        )
        self._folder = JobFolder(role, self._user_data.bucket)
        self._timer_at: datetime | None = None
        self._phase = Phase.OFF
        self._plans: list[Callable[[], None]] = []
        self._changing = threading.RLock()
        self._runner = SimulatedRunner(self._folder, training, self._changing, self._note_end)

    def start(self, on_off: Callable[[], None]) -> None:
        """Switch it on; `on_off` is called when it is off again."""
        self._on_off = on_off
        now = self._clock.now()
        with self._changing:
            if faults().is_on(FaultKind.NEVER_BOOTS):
                # The timer is not set either: user data does that first.
                self._runner.say(_SAYS_INSTEAD_OF_BOOTING)
                self._enter(Phase.ON)
                return
            if self._timer_at is None and self._user_data.timer_seconds is not None:
                self._timer_at = now + timedelta(seconds=self._user_data.timer_seconds)
            self._enter(Phase.ON)
            if not self._runner.is_job_over:
                self._plan(self._runner.training.boot_seconds, self._begin)

    def ask_stop(self) -> None:
        """Request a shutdown: the script saves within its grace period."""
        with self._changing:
            if self._phase is Phase.ON and self._runner.is_at_work:
                self._runner.stop(BY_SIGNAL)
            elif self._phase is Phase.ON:
                self._enter(Phase.ENDED)
                self._plan(self._runner.training.off_seconds, self._go_off)
            elif self._phase is Phase.HUNG:
                self._plan(_FORCED_OFF_SECONDS, self._go_off)

    def ask_reboot(self) -> None:
        """Refuse to reboot.

        Raises:
            NotModelledError: always.
        """
        raise NotModelledError("a simulated instance cannot be rebooted")

    def hang(self) -> None:
        """Make its system hang: nothing that was planned happens, not even its timer."""
        with self._changing:
            if self._phase is not Phase.OFF:
                self._enter(Phase.HUNG)

    def see_interruption(self) -> None:
        """Simulate the runner's next check of the interruption notice, which finds one."""
        with self._changing:
            self._plan(_NOTICE_LOOK_SECONDS, self._save_before_interruption)

    def _save_before_interruption(self) -> None:
        if self._runner.is_on_spot:
            self._runner.stop(BY_INTERRUPTION, _INTERRUPTION_GRACE_SECONDS)

    def kill(self) -> None:
        """End it at once, without a report of its runner, and without calling `on_off`."""
        with self._changing:
            self._enter(Phase.OFF)

    def retire(self) -> None:
        """Release nothing: there are no processes."""

    def close(self) -> None:
        """Cancel everything that it has planned."""
        self._when_off = lambda: None
        self.kill()

    def read_console(self) -> bytes:
        """Return its console output so far."""
        return "".join(f"{line}\n" for line in self._runner.lines).encode()

    def _begin(self) -> None:
        """Simulate the bootstrap, which starts the runner."""
        try:
            self._folder.wait_for(
                "bootstrap.sh",
                self._user_data.wait_seconds,
                lambda: self._phase is Phase.ON,
                _LONGEST_REFUSAL,
            )
            if self._phase is not Phase.ON:
                return
            launched_at = self._instance.launch_time.replace(tzinfo=UTC).timestamp()
            self._runner.start(launched_at)
        except Exception as error:  # whatever it is: a machine that cannot train shuts down
            self._runner.say(f"parris: the bootstrap did not start the trainer: {error}")
            with self._changing:
                if self._phase is Phase.ON:
                    self._plan(self._runner.training.off_seconds, self._go_off)

    def _note_end(self, end: ScriptEnd) -> None:
        """Shut down when the runner has ended."""
        with self._changing:
            if self._phase is Phase.ON:
                self._enter(Phase.ENDED)
                self._plan(self._runner.training.off_seconds, self._go_off)

    def _ask_stop_by_timer(self) -> None:
        if self._runner.training.has_timer:
            self.ask_stop()

    def _go_off(self) -> None:
        with self._changing:
            if self._phase is Phase.OFF:
                return
            self._enter(Phase.OFF)
        self._on_off()

    def _enter(self, phase: Phase) -> None:
        """Change to a phase; what was planned in the last one is cancelled."""
        for cancel in self._plans:
            cancel()
        self._plans = []
        self._phase = phase
        if phase is not Phase.ON:
            self._runner.halt()
        if phase is Phase.OFF:
            self._when_off()
        if phase is Phase.ON and self._timer_at is not None:
            self._plans.append(self._clock.call_at(self._timer_at, self._ask_stop_by_timer))

    def _plan(self, after_seconds: float, action: Callable[[], None]) -> None:
        timestamp = self._clock.now() + timedelta(seconds=after_seconds)
        self._plans.append(self._clock.call_at(timestamp, action))
