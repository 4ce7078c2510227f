"""The process that is forked: `python -I server.py CONTROL LISTEN PROGRAM ARGUMENTS...`.

CONTROL is the number of a socket to whoever started it, its life line, over which connections may
come; LISTEN is the path of a socket where others connect, or `-`. PROGRAM is a Python file with

- `preload(arguments)`, which imports what all forks need, and starts no thread,
- `may_run(arguments, environment)`, which says whether a fork would do what a new process does,
- `run(arguments)`, which is what a fork does; it ends as Python ends a script.

Each connection is one process (`client` has the other end): a request and descriptors come in, the
process's id and in the end its status go out, and meanwhile each byte that comes in is a signal for
it. Who closes the connection ends the process and all of its session. An id of 0 is a refusal: the
process would differ from one that starts afresh.

Nothing but the standard library, and no thread: a fork has only the thread that made it.
"""

import gc
import importlib.util
import io
import json
import os
import selectors
import signal
import socket
import struct
import sys
import time
import types
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NoReturn

_NUMBER = struct.Struct("!i")
_REFUSED = 0
_READ_SECONDS = 10.0
_DESCRIPTORS = 4  # standard input, output and error, and the working directory
# What Python and its libraries look at before anybody can change it.
_READ_AT_START = (
    *("PYTHON", "LC_", "LANG", "LD_", "GLIBC_", "MALLOC_", "OPENSSL_"),
    *("BOTO_", "AWS_DATA_PATH", "AWS_NEW_RETRIES"),
)
# Output is whole at the end in any case; a C locale is made UTF-8 by Python itself.
_WITHOUT_EFFECT = {("PYTHONUNBUFFERED", "1"), ("LC_CTYPE", "C.UTF-8")}


@dataclass(slots=True)
class Request:
    """One process to be: its arguments, all of its environment, where it is and what it has."""

    arguments: list[str]
    environment: dict[str, str]
    umask: int | None
    descriptors: list[int]

    def close(self) -> None:
        """Let the descriptors go."""
        while self.descriptors:
            os.close(self.descriptors.pop())


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
    _children: dict[socket.socket, _Child] = field(default_factory=dict)
    _selector: selectors.BaseSelector = field(default_factory=selectors.DefaultSelector)

    def serve(self) -> Request:
        """Serve until whoever started this process is gone; return in each fork."""
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
        self._selector.register(
            socket.socket(fileno=descriptors[0]), selectors.EVENT_READ, self._hear
        )

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
        # It is not reaped before the connection ends, so that its id is nobody else's.
        for number in numbers:
            os.kill(child.pid, number)
        return None

    def _fork(self, connection: socket.socket) -> Request | None:
        try:
            request = _receive(connection)
        except (OSError, ValueError, EOFError):
            self._end(connection)
            return None
        if not self.may_run(request):
            request.close()
            _tell(connection, _REFUSED)
            self._end(connection)
            return None
        pid = os.fork()
        if pid == 0:
            return request
        request.close()
        self._children[connection] = _Child(pid)
        _tell(connection, pid)
        return None

    def _report_ends(self, wake: socket.socket) -> None:
        with suppress(BlockingIOError):
            while wake.recv(64):
                pass
        looked_for = os.WEXITED | os.WNOHANG | os.WNOWAIT
        for connection, child in self._children.items():
            ended = None if child.is_reported else os.waitid(os.P_PID, child.pid, looked_for)
            if ended is not None:
                child.is_reported = True
                is_exit = ended.si_code == os.CLD_EXITED
                status = ended.si_status if is_exit else -ended.si_status
                _tell(connection, status)

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


def _tell(connection: socket.socket, number: int) -> None:
    with suppress(OSError):  # who is gone is noticed where one listens to it
        connection.sendall(_NUMBER.pack(number))


def _receive(connection: socket.socket) -> Request:
    """Take a request: its length with the descriptors, and then JSON.

    Raises:
        OSError, ValueError, EOFError: when nothing sensible comes.
    """
    connection.settimeout(_READ_SECONDS)
    head, descriptors, _, _ = socket.recv_fds(connection, _NUMBER.size, _DESCRIPTORS)
    try:
        if len(head) < _NUMBER.size or len(descriptors) != _DESCRIPTORS:
            raise EOFError
        (length,) = _NUMBER.unpack(head)
        body = bytearray()
        while len(body) < length:
            if not (chunk := connection.recv(length - len(body))):
                raise EOFError
            body += chunk
        connection.settimeout(None)
        return Request(descriptors=descriptors, **json.loads(body))
    except BaseException:
        for descriptor in descriptors:
            os.close(descriptor)
        raise


def _kill(pid: int) -> None:
    # The group as soon as there is one, and the process, which may not have made it yet.
    for kill in (os.killpg, os.kill):
        with suppress(ProcessLookupError, PermissionError):
            kill(pid, signal.SIGKILL)


def _read_at_start(environment: Mapping[str, str]) -> dict[str, str]:
    return {
        name: value
        for name, value in environment.items()
        if name.startswith(_READ_AT_START) and (name, value) not in _WITHOUT_EFFECT
    }


def _become(request: Request) -> None:
    """Make this fork what a new process with that request would be."""
    os.setsid()
    *streams, folder = request.descriptors
    os.fchdir(folder)
    for number, descriptor in enumerate(streams):
        os.dup2(descriptor, number)
    request.close()
    if request.umask is not None:
        os.umask(request.umask)
    os.environ.clear()
    os.environ.update(request.environment)
    time.tzset()
    for number, name in enumerate(("stdin", "stdout", "stderr")):
        stream = _reopen(number, getattr(sys, name))
        setattr(sys, name, stream)
        setattr(sys, f"__{name}__", stream)
    sys.modules["__main__"] = types.ModuleType("__main__")


def _reopen(number: int, former: Any) -> io.TextIOBase:
    # Not the former one, which knows what kind of file it was opened on.
    return open(
        number,
        "r" if number == 0 else "w",
        buffering=1 if number == 2 else -1,
        encoding=former.encoding,
        errors=former.errors,
        closefd=False,
    )


def _listen(place: str) -> socket.socket | None:
    """Listen on a path of any length: only its name is given to the system."""
    if place == "-":
        return None
    listener = socket.socket(socket.AF_UNIX)
    os.chdir(Path(place).parent)
    Path(place).unlink(missing_ok=True)  # of a server that was killed
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


def main(control_number: int, listen_place: str, program_file: str, arguments: list[str]) -> None:
    """Serve; in a fork, run."""
    own = _read_at_start(os.environ)  # before an import changes it
    control = socket.socket(fileno=control_number)
    listener = _listen(listen_place)
    control.sendall(b"!")  # from now on one may connect
    program = _load(program_file)
    program.preload(arguments)

    def may_run(request: Request) -> bool:
        if _read_at_start(request.environment) != own:
            return False
        return bool(program.may_run(request.arguments, request.environment))

    gc.freeze()  # so that no fork copies all of this only to look through it
    request = Server(control, listener, may_run).serve()
    _become(request)
    program.run(request.arguments)


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2], sys.argv[3], sys.argv[4:])
