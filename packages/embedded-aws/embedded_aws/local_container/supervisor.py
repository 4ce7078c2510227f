"""Runs the entry of a container, signals it, and ends everything that it has started."""

import os
import signal
import subprocess
import threading
import time
from pathlib import Path

from embedded_aws.local_container.description import ContainerDescription
from embedded_aws.processes import MARKER_VARIABLE, find_descendants, kill_all

NOT_FOUND_STATUS, NOT_EXECUTABLE_STATUS = 127, 126
_SIGNALLED = 128
_TICK_SECONDS = 0.05
_RETRY_SECONDS = 0.5


class Supervisor:
    """One container from its start to its end."""

    def __init__(self, container: ContainerDescription) -> None:
        """Start nothing yet."""
        self._container = container
        self._entry: subprocess.Popen[bytes] | None = None
        self._status = 0
        self._is_stopping = threading.Event()
        self._has_ended = threading.Event()
        self._ending = threading.Lock()

    def start(self) -> None:
        """Start the entry as the leader of a process group; note why if that is impossible."""
        container = self._container
        with Path(container.log).open("ab") as log:
            try:
                self._entry = subprocess.Popen(
                    container.command,
                    cwd=container.working_folder,
                    env={**container.environment, MARKER_VARIABLE: container.marker},
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=subprocess.STDOUT,
                    start_new_session=True,
                )
            except OSError as error:
                self._fail_to_start(error)

    def await_end(self) -> int:
        """Return the entry's exit status once nothing of the container is left."""
        if self._entry is not None:
            status = self._entry.wait()
            self._status = status if status >= 0 else _SIGNALLED - status
            if self._container.is_forwarded and self._is_stopping.is_set():
                self._await_forwarded()
        self.kill()
        return self._status

    def ask_stop(self) -> None:
        """Send SIGTERM to the entry alone, as SageMaker does, or to its whole group."""
        self._is_stopping.set()
        entry = self._entry
        if entry is None or entry.poll() is not None:
            return
        if self._container.stop_command:
            self._run_stop_command(entry)
        elif self._container.is_forwarded:
            os.killpg(entry.pid, signal.SIGTERM)
        else:
            entry.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        """Kill what is left, and return when nothing is."""
        with self._ending:
            kill_all(self._container.marker, is_parent=True)
            for command in self._container.end_commands:
                self._run(command)
            self._container.end_commands.clear()

    def _await_forwarded(self) -> None:
        # A shell ends at once on SIGTERM, while its children, which had it too, still save.
        while find_descendants(os.getpid()):
            time.sleep(_TICK_SECONDS)

    def _run_stop_command(self, entry: subprocess.Popen[bytes]) -> None:
        # The engine's container does not exist at once.
        while self._run(self._container.stop_command) != 0 and entry.poll() is None:
            time.sleep(_RETRY_SECONDS)

    def _run(self, command: list[str]) -> int:
        try:
            ran = subprocess.run(
                command,
                env=self._container.environment,
                stdin=subprocess.DEVNULL,
                capture_output=True,
                check=False,
            )
        except OSError:
            return NOT_FOUND_STATUS
        return ran.returncode

    def _fail_to_start(self, error: OSError) -> None:
        missing = isinstance(error, FileNotFoundError)
        self._status = NOT_FOUND_STATUS if missing else NOT_EXECUTABLE_STATUS
        what = error.strerror or str(error)
        message = f"the entry cannot be started: {error.filename}: {what}"
        with Path(self._container.log).open("a", encoding="utf-8") as log:
            log.write(f"embedded AWS: {message}\n")
        Path(self._container.failure).write_text(message, encoding="utf-8")
