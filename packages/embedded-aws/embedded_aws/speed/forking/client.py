"""Requests a process from the fork server. As a script: a command that is one.

`python -I -S client.py SOCKET COMMAND ARGUMENTS...` makes the server run COMMAND with the same
arguments, environment, folder and descriptors, forwards signals to it and exits like it. If the
server is not running, or refuses, the script executes COMMAND itself.

Uses only the lightest modules of the standard library, because each call of a command imports them.
"""

import json
import os
import signal
import socket
import struct
import sys
from collections.abc import Mapping, Sequence

_NUMBER = struct.Struct("!i")
_PASSED_ON = ("SIGTERM", "SIGINT", "SIGHUP", "SIGQUIT", "SIGUSR1", "SIGUSR2")
# It is only used to look up a folder, which needs no permission to read it.
_FOLDER_FLAGS = getattr(os, "O_PATH", os.O_RDONLY) | os.O_DIRECTORY | os.O_CLOEXEC
_LOST_STATUS = 255


class RefusedError(Exception):
    """The server is not running, or a fork would differ from a new process."""


def ask(
    connection: socket.socket,
    arguments: Sequence[str],
    environment: Mapping[str, str],
    streams: Sequence[int],
    folder: str | os.PathLike[str],
    umask: int | None = None,
) -> int:
    """Request a process and return its id.

    Args:
        connection: to the server; the process ends when this is closed.
        arguments: for its program.
        environment: its complete environment.
        streams: its standard input, output and error.
        folder: its working directory.
        umask: None for the server's.

    Raises:
        RefusedError: when the process must be started in another way.
    """
    request = {"arguments": list(arguments), "environment": dict(environment), "umask": umask}
    body = json.dumps(request).encode()
    folder_descriptor = os.open(folder, _FOLDER_FLAGS)
    try:
        socket.send_fds(connection, [_NUMBER.pack(len(body))], [*streams, folder_descriptor])
        connection.sendall(body)
        pid = receive_number(connection)
    except OSError as error:
        raise RefusedError from error
    finally:
        os.close(folder_descriptor)
    if not pid:
        raise RefusedError
    return pid


def receive_number(connection: socket.socket, is_waiting: bool = True) -> int | None:
    """Return the next number that the server sends, waiting for it; None when it is gone.

    Raises:
        BlockingIOError: when it has sent none yet, and `is_waiting` is false.
    """
    flags = 0 if is_waiting else socket.MSG_DONTWAIT
    read = b""
    while len(read) < _NUMBER.size:
        try:
            chunk = connection.recv(_NUMBER.size - len(read), flags)
        except BlockingIOError:
            raise
        except OSError:
            chunk = b""
        if not chunk:
            return None
        read += chunk
    return int(_NUMBER.unpack(read)[0])


def main(socket_path: str, command: str, arguments: list[str]) -> int:
    """Make the server run the command, or execute it."""
    numbers = [getattr(signal, name) for name in _PASSED_ON]
    # The command may run before `ask` returns, and a signal must reach it from then on.
    mask = signal.pthread_sigmask(signal.SIG_BLOCK, numbers)
    try:
        connection = _connect(socket_path)
        umask = os.umask(0)
        os.umask(umask)
        ask(connection, arguments, os.environ, (0, 1, 2), ".", umask)
    except (OSError, RefusedError):
        signal.pthread_sigmask(signal.SIG_SETMASK, mask)
        os.execvp(command, [command, *arguments])
    for number in numbers:
        if signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, lambda number, _: connection.sendall(bytes([number])))
    signal.pthread_sigmask(signal.SIG_SETMASK, mask)
    status = receive_number(connection)
    if status is None:
        return _LOST_STATUS
    if status < 0:  # it was killed by a signal, so use the same one
        if -status != signal.SIGKILL:  # which cannot be handled
            signal.signal(-status, signal.SIG_DFL)
        os.kill(os.getpid(), -status)
    return status


def _connect(socket_path: str) -> socket.socket:
    # From its folder, by its name: the path of a socket is limited to about a hundred bytes.
    place, name = os.path.split(socket_path)
    here = os.open(".", _FOLDER_FLAGS)
    connection = socket.socket(socket.AF_UNIX)
    try:
        os.chdir(place)
        connection.connect(name)
    finally:
        os.fchdir(here)
        os.close(here)
    return connection


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2], sys.argv[3:]))
