"""Starts a function's process in one of two ways: as a new process, or as a fork of a warm one."""

import contextlib
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from embedded_aws.speed.forking.client import RefusedError
from embedded_aws.speed.forking.fork_server import ForkServer

_PROGRAM = Path(__file__).with_name("runtime_program.py")
_DEEP_EVENTS = Path(__file__).with_name("deep_events.py")
_SLEEPLESS = Path(__file__).with_name("sleepless.py")
# -I, -S: neither this environment nor site-packages are visible.
_OPTIONS = ("-I", "-S")
_BOOT = """\
import sys
if {first!r}:
    with open({first!r}) as opened:
        exec(opened.read())
sys.path[:0] = {search_path!r}
with open({deep_events!r}) as opened:
    exec(opened.read())
from awslambdaric.__main__ import main
main(["bootstrap", {handler!r}])
"""
# As functions have them; a function that sets others starts as a new process.
_LOCALE = {"LANG": "en_US.UTF-8"}
# Lambda's own variables that are the same for all functions of a runtime.
_ALIKE = frozenset(
    ("AWS_DEFAULT_REGION", "AWS_EXECUTION_ENV", "AWS_LAMBDA_INITIALIZATION_TYPE", "AWS_REGION")
)


@dataclass(frozen=True, slots=True)
class SandboxSpec:
    """The contents of a function's process. `search_path` is all that it can import from.

    `is_sleepless`: its sleeps take no real time, but are counted.
    """

    function_arn: str
    handler: str
    code_folder: Path
    search_path: tuple[str, ...]
    environment: tuple[tuple[str, str], ...]
    timeout_seconds: int
    is_sleepless: bool


@dataclass(frozen=True, slots=True)
class SharedImports:
    """What functions have in common, and is imported once for all of them.

    `program` is a file that imports it, from the folders of `search_path`, of which the last one
    is the runtime's, with the variables of `environment`.
    """

    program: str
    search_path: tuple[str, ...]
    environment: tuple[tuple[str, str], ...]


class FunctionProcess(Protocol):
    """A process that leads a session of its own."""

    def poll(self) -> int | None:
        """Return its exit status, negative for a signal; None while it is running."""

    def kill(self) -> None:
        """Kill it; return when it is dead."""

    def end(self) -> None:
        """Kill it and its session; return when they are gone."""


StartProcess = Callable[[SandboxSpec, Mapping[str, str], int], FunctionProcess]
"""Takes the spec, the complete environment, and the descriptor that the process prints to."""


def start_afresh(spec: SandboxSpec, environment: Mapping[str, str], output: int) -> FunctionProcess:
    """Start a function in a new process that inherits nothing from this one."""
    boot = _BOOT.format(
        search_path=list(spec.search_path),
        handler=spec.handler,
        first=_first_of(spec),
        deep_events=str(_DEEP_EVENTS),
    )
    return _NewProcess(
        subprocess.Popen(
            [sys.executable, *_OPTIONS, "-c", boot],
            cwd=spec.code_folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
    )


class ForkingStart:
    """Starts functions as forks of a process that has imported the runtime's packages.

    Args:
        runtime: the folder of those packages.
        shared_imports: a file that imports more, with the folders of the first function.
    """

    def __init__(
        self,
        runtime: Path,
        shared_imports: Path | None = None,
        imports: SharedImports | None = None,
    ) -> None:
        """Start that process; it begins with `imports`, which are those of an earlier one."""
        self._runtime = runtime
        self._shared_imports = shared_imports
        self._imported: SharedImports | None = None
        self._is_prepared = shared_imports is None
        self._preparing = threading.Lock()
        self._server = self._start_server()
        if imports is not None:
            self._import(imports)

    @property
    def imported(self) -> SharedImports | None:
        """What the functions of the present embedded AWS have in common, once that is known."""
        return self._imported if self._is_prepared else None

    def begin_again(self) -> None:
        """Serve another embedded AWS, whose functions may be others."""
        self._is_prepared = self._shared_imports is None

    def prepare(self, spec: SandboxSpec) -> None:
        """Import what functions have in common, unless that was done before."""
        with self._preparing:
            if not self._is_prepared:
                alike = tuple((name, text) for name, text in spec.environment if name in _ALIKE)
                self._import(SharedImports(str(self._shared_imports), spec.search_path, alike))
                self._is_prepared = True

    def _import(self, imports: SharedImports) -> None:
        if self._imported == imports:
            return
        if self._imported is not None:  # of functions with other code
            self._server.close()
            self._server = self._start_server()
        self._server.prepare([imports.program, *imports.search_path], dict(imports.environment))
        self._imported = imports

    def __call__(
        self, spec: SandboxSpec, environment: Mapping[str, str], output: int
    ) -> FunctionProcess:
        """Start a function: as a fork, or as a new process if a fork would behave differently."""
        self.prepare(spec)
        arguments = [spec.handler, _first_of(spec), *spec.search_path]
        with open(os.devnull) as nothing, contextlib.suppress(RefusedError):
            streams = (nothing.fileno(), output, output)
            return self._server.start(arguments, environment, streams, spec.code_folder)
        return start_afresh(spec, environment, output)

    def is_running(self) -> bool:
        """Return whether that process still runs."""
        return self._server.is_running()

    def close(self) -> None:
        """End that process, and the functions that it has forked."""
        self._server.close()

    def _start_server(self) -> ForkServer:
        environment = {"PATH": os.defpath, **_LOCALE}
        return ForkServer(_PROGRAM, _OPTIONS, environment, [str(self._runtime)])


def _first_of(spec: SandboxSpec) -> str:
    return str(_SLEEPLESS) if spec.is_sleepless else ""


class _NewProcess:
    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        self._process = process

    def poll(self) -> int | None:
        return self._process.poll()

    def kill(self) -> None:
        self._process.kill()
        self._process.wait()

    def end(self) -> None:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
