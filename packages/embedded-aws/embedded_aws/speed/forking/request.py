"""The server's side of a connection: a request for a process comes in, numbers go out."""

import json
import os
import socket
import struct
from contextlib import suppress
from dataclasses import dataclass

# What comes with a descriptor over the control socket: a connection for a process, or for imports.
PROCESS, PREPARE = b"+", b"i"
_NUMBER = struct.Struct("!i")
_READ_SECONDS = 10.0
_DESCRIPTORS = 4  # standard input, output and error, and the working directory


@dataclass(slots=True)
class Request:
    """A requested process: its arguments, its environment, its umask and its descriptors."""

    arguments: list[str]
    environment: dict[str, str]
    umask: int | None
    descriptors: list[int]

    def close(self) -> None:
        """Close the descriptors."""
        while self.descriptors:
            os.close(self.descriptors.pop())


def receive_request(connection: socket.socket) -> Request:
    """Receive a request: its length with the descriptors, and then JSON.

    Raises:
        OSError, ValueError, EOFError: when it is invalid.
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


def send_number(connection: socket.socket, number: int) -> None:
    """Send a number; a closed connection is noticed when it is read."""
    with suppress(OSError):
        connection.sendall(_NUMBER.pack(number))
