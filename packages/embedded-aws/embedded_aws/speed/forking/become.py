"""Turns a fork into the process that was requested, as if it had started as a new one."""

import io
import os
import sys
import time
import types
from collections.abc import Mapping
from typing import Any

from embedded_aws.speed.forking.request import Request

# Variables that Python and its libraries read before a program can change them.
_READ_AT_START = (
    *("PYTHON", "LC_", "LANG", "LD_", "GLIBC_", "MALLOC_", "OPENSSL_"),
    *("BOTO_", "AWS_DATA_PATH", "AWS_NEW_RETRIES"),
)
# All output is flushed at the end in any case; Python itself turns a C locale into UTF-8.
_WITHOUT_EFFECT = {("PYTHONUNBUFFERED", "1"), ("LC_CTYPE", "C.UTF-8")}


def read_at_start(environment: Mapping[str, str]) -> dict[str, str]:
    """Return the variables that a fork cannot change, because they are read at start."""
    return {
        name: value
        for name, value in environment.items()
        if name.startswith(_READ_AT_START) and (name, value) not in _WITHOUT_EFFECT
    }


def become(request: Request) -> None:
    """Make this fork what a new process with this request would be."""
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
    # A new stream: the former one remembers the kind of file that it was opened on.
    return open(
        number,
        "r" if number == 0 else "w",
        buffering=1 if number == 2 else -1,
        encoding=former.encoding,
        errors=former.errors,
        closefd=False,
    )
