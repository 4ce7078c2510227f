"""Starts and ends a fork server, and starts processes with it."""

import json
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from embedded_aws.speed.forking.client import RefusedError, ask, receive_number
from embedded_aws.speed.forking.request import PREPARE, PROCESS

# Only the server's own modules: importing the package itself would import moto.
_RUN_SERVER = """
import sys, types
package = types.ModuleType("embedded_aws")
package.__path__ = [sys.argv.pop(1)]
sys.modules["embedded_aws"] = package
from embedded_aws.speed.forking.server import main
main(int(sys.argv[1]), sys.argv[2], sys.argv[3], sys.argv[4:])
"""
_PACKAGE = str(Path(__file__).parents[2])
# Enough for the imports on a busy machine; short enough to notice a server that hangs.
_LONGEST_ANSWER_SECONDS = 60.0
_LOST_STATUS = -9


def can_fork() -> bool:
    """Return whether a process can safely continue after a fork on this system."""
    return sys.platform == "linux"


class ForkServer:
    """A process that has imported a program's packages, and forks.

    Args:
        program: a file with the functions that `server` requires.
        options: options of the interpreter.
        environment: its complete environment; forks behave like new processes if theirs has the
            same variables that are read at start.
        arguments: for the program's `preload`.
        socket_path: the socket for `client`; its folder must exist.
    """

    def __init__(
        self,
        program: Path,
        options: Sequence[str],
        environment: Mapping[str, str],
        arguments: Sequence[str] = (),
        socket_path: Path | None = None,
    ) -> None:
        """Start it, and return when it is listening on its path; its imports continue meanwhile."""
        self.socket_path = socket_path
        self._asking = threading.Lock()
        self._control, control_of_server = socket.socketpair()
        with control_of_server:
            number = control_of_server.fileno()
            place = str(socket_path or "-")
            command = [sys.executable, *options, "-c", _RUN_SERVER, _PACKAGE]
            self._process = subprocess.Popen(
                [*command, str(number), place, str(program), *arguments],
                env=dict(environment),
                cwd="/",
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                pass_fds=(number,),
                start_new_session=True,
            )
        if socket_path is not None:
            self._control.recv(1)

    @property
    def pid(self) -> int:
        """Return its process's id."""
        return self._process.pid

    def start(
        self,
        arguments: Sequence[str],
        environment: Mapping[str, str],
        streams: Sequence[int],
        folder: Path,
    ) -> "ForkedProcess":
        """Start a process, as `client.ask` does.

        Raises:
            RefusedError: when the process must be started in another way.
        """
        connection, connection_of_server = socket.socketpair()
        try:
            with connection_of_server, self._asking:
                socket.send_fds(self._control, [PROCESS], [connection_of_server.fileno()])
            connection.settimeout(_LONGEST_ANSWER_SECONDS)
            pid = ask(connection, arguments, environment, streams, folder)
        except BaseException as error:
            connection.close()
            if isinstance(error, OSError):
                raise RefusedError from error
            raise
        return ForkedProcess(pid, connection)

    def prepare(self, arguments: Sequence[str], environment: Mapping[str, str]) -> None:
        """Make it import more, as its program's `prepare` does, before it forks again."""
        asked = {"arguments": list(arguments), "environment": dict(environment)}
        connection, connection_of_server = socket.socketpair()
        with connection, suppress(OSError):  # a server that is gone refuses every process
            with connection_of_server, self._asking:
                socket.send_fds(self._control, [PREPARE], [connection_of_server.fileno()])
            connection.sendall(json.dumps(asked).encode())

    def is_running(self) -> bool:
        """Return whether its process still runs."""
        return self._process.poll() is None

    def close(self) -> None:
        """End it and all its forks."""
        if self.socket_path is not None:
            self.socket_path.unlink(missing_ok=True)
        self._control.close()
        self._process.wait()


class ForkedProcess:
    """A process of a fork server, leader of its own session; several threads may use it."""

    def __init__(self, pid: int, connection: socket.socket) -> None:
        """Take over the connection, which is the process's lifeline."""
        self.pid = pid
        self._connection = connection
        self._connection.settimeout(None)
        self._reading = threading.Lock()
        self._status: int | None = None

    def poll(self) -> int | None:
        """Return its exit status, negative for a signal; None while it is running."""
        with suppress(BlockingIOError):
            self._read_status(is_waiting=False)
        return self._status

    def kill(self) -> None:
        """Kill it, but not the processes that it has started; return when it is dead."""
        with suppress(OSError):
            self._connection.send(bytes([signal.SIGKILL]))
        self._read_status(is_waiting=True)

    def end(self) -> None:
        """Kill it and its session; return when they are gone."""
        with suppress(OSError):
            self._connection.shutdown(socket.SHUT_WR)
        self._read_status(is_waiting=True)
        with self._reading, suppress(OSError):
            while self._connection.recv(64):
                pass
        self._connection.close()

    def _read_status(self, is_waiting: bool) -> None:
        with self._reading:
            if self._status is None:
                status = receive_number(self._connection, is_waiting)
                self._status = _LOST_STATUS if status is None else status
