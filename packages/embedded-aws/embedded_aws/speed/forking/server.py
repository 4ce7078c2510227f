"""The process that is forked: `main(CONTROL, LISTEN, PROGRAM, ARGUMENTS)`, in a process of its own.

CONTROL is the number of a socket to the process that started it; it is the lifeline, and new
connections may arrive over it. LISTEN is the path of a socket for further connections, or `-`.
PROGRAM is a Python file with

- `preload(arguments)`, which imports what all forks need, and starts no thread,
- `may_run(arguments, environment)`, which says whether a fork would behave like a new process,
- `run(arguments)`, which is what a fork runs; it ends as Python ends a script,
- `prepare(arguments, environment)`, which imports more for later forks, where that is requested.

Each connection is one process (`client` has the other end): a request and descriptors come in, the
process's id and finally its status go out, and each byte that comes in meanwhile is a signal for
it. Closing the connection ends the process and its session. An id of 0 is a refusal: the process
would differ from a new one.

Uses only the standard library, and no thread: a fork has only the thread that made it.
"""

import gc
import importlib.util
import json
import os
import selectors
import signal
import socket
import sys
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NoReturn

from embedded_aws.speed.forking.become import become, read_at_start
from embedded_aws.speed.forking.request import PREPARE, Request, receive_request, send_number

_REFUSED = 0


@dataclass(slots=True)
class _Child:
    pid: int
    is_reported: bool = False


@dataclass(slots=True)
class Server:
    """Forks for its connections, on one thread."""

    control: socket.socket
    listener: socket.socket | None
    may_run: Callable[[Request], bool]
    prepare: Callable[[list[str], dict[str, str]], object]
    _children: dict[socket.socket, _Child] = field(default_factory=dict)
    _selector: selectors.BaseSelector = field(default_factory=selectors.DefaultSelector)

    def serve(self) -> Request:
        """Serve until the process that started this one is gone; return in each fork."""
        wake, waker = socket.socketpair()
        wake.setblocking(False)
        waker.setblocking(False)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.set_wakeup_fd(waker.fileno(), warn_on_full_buffer=False)
        self._selector.register(wake, selectors.EVENT_READ, self._report_ends)
        self._selector.register(self.control, selectors.EVENT_READ, self._adopt)
        if self.listener is not None:
            self._selector.register(self.listener, selectors.EVENT_READ, self._accept)
        while True:
            for key, _ in self._selector.select():
                request: Request | None = key.data(key.fileobj)
                if request is not None:
                    signal.set_wakeup_fd(-1)
                    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
                    waker.close()
                    self._close_all()
                    return request

    def _adopt(self, control: socket.socket) -> None:
        try:
            message, descriptors, _, _ = socket.recv_fds(control, 1, 1)
        except ConnectionError:
            message, descriptors = b"", []
        if not message:
            self._leave()
        connection = socket.socket(fileno=descriptors[0])
        if message == PREPARE:
            with connection, connection.makefile() as asked:
                said = json.load(asked)
                self.prepare(said["arguments"], said["environment"])
        else:
            self._selector.register(connection, selectors.EVENT_READ, self._hear)

    def _accept(self, listener: socket.socket) -> None:
        with suppress(BlockingIOError, ConnectionError):
            connection, _ = listener.accept()
            self._selector.register(connection, selectors.EVENT_READ, self._hear)

    def _hear(self, connection: socket.socket) -> Request | None:
        child = self._children.get(connection)
        if child is None:
            return self._fork(connection)
        try:
            numbers = connection.recv(64)
        except ConnectionError:
            numbers = b""
        if not numbers:
            self._end(connection)
        # It is not reaped before the connection ends, so that its id is not reused.
        for number in numbers:
            os.kill(child.pid, number)
        return None

    def _fork(self, connection: socket.socket) -> Request | None:
        try:
            request = receive_request(connection)
        except (OSError, ValueError, EOFError):
            self._end(connection)
            return None
        if not self.may_run(request):
            request.close()
            send_number(connection, _REFUSED)
            self._end(connection)
            return None
        pid = os.fork()
        if pid == 0:
            return request
        request.close()
        self._children[connection] = _Child(pid)
        send_number(connection, pid)
        return None

    def _report_ends(self, wake: socket.socket) -> None:
        with suppress(BlockingIOError):
            while wake.recv(64):
                pass
        options = os.WEXITED | os.WNOHANG | os.WNOWAIT
        for connection, child in self._children.items():
            ended = None if child.is_reported else os.waitid(os.P_PID, child.pid, options)
            if ended is not None:
                child.is_reported = True
                is_exit = ended.si_code == os.CLD_EXITED
                status = ended.si_status if is_exit else -ended.si_status
                send_number(connection, status)

    def _end(self, connection: socket.socket) -> None:
        self._selector.unregister(connection)
        connection.close()
        child = self._children.pop(connection, None)
        if child is not None:
            _kill(child.pid)
            os.waitpid(child.pid, 0)

    def _leave(self) -> NoReturn:
        for child in self._children.values():
            _kill(child.pid)
        for child in self._children.values():
            os.waitpid(child.pid, 0)
        os._exit(0)

    def _close_all(self) -> None:
        for key in list(self._selector.get_map().values()):
            assert isinstance(key.fileobj, socket.socket)
            key.fileobj.close()
        self._selector.close()


def _kill(pid: int) -> None:
    # The group, and the process, which may not have created its group yet.
    for kill in (os.killpg, os.kill):
        with suppress(ProcessLookupError, PermissionError):
            kill(pid, signal.SIGKILL)


def _listen(place: str) -> socket.socket | None:
    """Listen on a path of any length: the system receives only the file name."""
    if place == "-":
        return None
    listener = socket.socket(socket.AF_UNIX)
    os.chdir(Path(place).parent)
    Path(place).unlink(missing_ok=True)  # left by a server that was killed
    before = os.umask(0o177)
    listener.bind(Path(place).name)
    os.umask(before)
    os.chdir("/")
    listener.listen(socket.SOMAXCONN)
    listener.setblocking(False)
    return listener


def _load(program_file: str) -> Any:
    found = importlib.util.spec_from_file_location("_program", program_file)
    assert found is not None and found.loader is not None
    program = importlib.util.module_from_spec(found)
    found.loader.exec_module(program)
    return program


def _forget_own_modules() -> None:
    # A new process would not have them.
    for name in [name for name in sys.modules if name.partition(".")[0] == "embedded_aws"]:
        del sys.modules[name]


def main(control_number: int, listen_place: str, program_file: str, arguments: list[str]) -> None:
    """Serve; in a fork, run."""
    own = read_at_start(os.environ)  # before an import can change it
    control = socket.socket(fileno=control_number)
    listener = _listen(listen_place)
    control.sendall(b"!")  # ready for connections
    program = _load(program_file)
    program.preload(arguments)
    _forget_own_modules()

    def may_run(request: Request) -> bool:
        if read_at_start(request.environment) != own:
            return False
        return bool(program.may_run(request.arguments, request.environment))

    def prepare(arguments: list[str], environment: dict[str, str]) -> None:
        program.prepare(arguments, environment)
        gc.freeze()

    gc.freeze()  # so that no fork copies these objects just to collect garbage
    request = Server(control, listener, may_run, prepare).serve()
    become(request)
    program.run(request.arguments)
