"""A supervisor: a program of this package whose own processes must not outlive this process.

Its standard input is its lifeline. A line is a request; its end means that this process is gone, so
that the supervisor kills everything it has started. The supervisor's package may import only what
needs no moto: importing that takes a second and 200 MB.
"""

import os
import subprocess
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from embedded_aws.processes import kill_all

_PACKAGE = Path(__file__).resolve().parent
# Only the supervisor's own modules: `embedded_aws` itself is not imported.
_RUN = """
import runpy, sys, types
package = types.ModuleType("embedded_aws")
package.__path__ = [sys.argv.pop(1)]
sys.modules["embedded_aws"] = package
runpy.run_module(sys.argv.pop(1), run_name="__main__", alter_sys=True)
"""
_KILL_WAIT_SECONDS = 15.0


class SupervisedProcess:
    """A supervisor, which can be started again after its end.

    Args:
        marker: what all processes that it starts have in their environment.
    """

    def __init__(self, marker: str) -> None:
        """Start nothing yet."""
        self._marker = marker
        self._process: subprocess.Popen[bytes] | None = None
        self._lock = threading.Lock()

    def start(
        self, module: str, arguments: list[str], folder: Path, on_end: Callable[[int], None]
    ) -> None:
        """Start it in a session of its own.

        Args:
            module: the package of this package whose `__main__` it is.
            arguments: its command line.
            folder: its working directory, where `supervisor.log` has its errors.
            on_end: called with its exit status, on a thread of its own, once nothing of it is left.
        """
        with (folder / "supervisor.log").open("ab") as errors:
            self._process = subprocess.Popen(
                supervisor_command(module, arguments),
                cwd=folder,
                env=supervisor_environment(),
                stdin=subprocess.PIPE,
                stdout=errors,
                stderr=errors,
                start_new_session=True,
            )
        threading.Thread(target=self._watch, args=(self._process, on_end), daemon=True).start()

    def tell(self, request: str) -> None:
        """Send a request; do nothing if it is not running."""
        process = self._process
        if process is None or process.poll() is not None:
            return
        with self._lock, suppress(OSError, ValueError):
            assert process.stdin is not None
            process.stdin.write(request.encode() + b"\n")
            process.stdin.flush()

    def kill(self) -> None:
        """End it and everything it has started, at once; return when that is done."""
        process = self._process
        if process is not None and process.poll() is None:
            self._close_life_line(process)
            try:
                process.wait(_KILL_WAIT_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        kill_all(self._marker)

    def _close_life_line(self, process: subprocess.Popen[bytes]) -> None:
        with self._lock, suppress(OSError):
            assert process.stdin is not None
            process.stdin.close()

    def _watch(self, process: subprocess.Popen[bytes], on_end: Callable[[int], None]) -> None:
        status = process.wait()
        self._close_life_line(process)
        # If the supervisor itself was killed, its processes may still exist.
        kill_all(self._marker)
        on_end(status)


def supervisor_command(module: str, arguments: list[str]) -> list[str]:
    """Return the command that runs a package of this package."""
    # -I, -S: it needs nothing that is installed, and what it finds there takes time to import.
    return [sys.executable, "-I", "-S", "-c", _RUN, str(_PACKAGE), module, *arguments]


def supervisor_environment() -> dict[str, str]:
    """Return this process's environment without what concerns its Python and its AWS."""
    own = {"PYTHONDONTWRITEBYTECODE", "PYTHONHOME", "PYTHONPATH"}
    return {
        name: value
        for name, value in os.environ.items()
        if not (name in own or name.startswith("AWS_"))
    }
