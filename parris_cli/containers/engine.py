"""Finds Docker or Podman on this machine by running them."""

from __future__ import annotations

import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from parris_cli.errors import RefusedError

_NAMES = ("docker", "podman")
_LONGEST_SECONDS = 20.0

_NEITHER = (
    "no container engine was found: neither docker nor podman is on the PATH. Install Docker"
    " (https://docs.docker.com/get-docker) or Podman (https://podman.io); only `parris image` and"
    " --in-container need one"
)


@dataclass(frozen=True, slots=True)
class Engine:
    """A container engine that responds. `name` is docker or podman."""

    name: str
    program: Path

    def command(self, *arguments: str) -> list[str]:
        """Return one of its commands as a list of arguments."""
        return [str(self.program), *arguments]


@dataclass(frozen=True, slots=True)
class EngineImage:
    """An image, and the engine that runs it."""

    engine: Engine
    name: str


class NoEngineError(RefusedError):
    """No container engine works here. Install or start one, as the message says."""


def find_engine() -> Engine:
    """Return Docker if it responds, else Podman.

    Raises:
        NoEngineError: when there is neither, or what is there does not respond.
    """
    problems = []
    for name in _NAMES:
        program = shutil.which(name)
        if program is None:
            continue
        problem = _problem_of(name, program)
        if problem is None:
            return Engine(name, Path(program))
        problems.append(problem)
    raise NoEngineError("\n".join(problems) or _NEITHER)


def _problem_of(name: str, program: str) -> str | None:
    """Return why an engine cannot be used, None if it can."""
    try:
        # Without its daemon or virtual machine, `version` fails. Being installed proves nothing.
        done = subprocess.run(
            [program, "version"],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            errors="replace",
            timeout=_LONGEST_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return _not_running(name, program, f"no response within {_LONGEST_SECONDS:.0f} s")
    except OSError as err:
        return _not_running(name, program, err.strerror or str(err))
    if done.returncode == 0:
        return None
    lines = done.stderr.strip().splitlines() or [f"exit status {done.returncode}"]
    return _not_running(name, program, lines[-1])


def _not_running(name: str, program: str, cause: str) -> str:
    start = {"docker": "start Docker", "podman": "run `podman machine start`, if it needs one"}
    return f"{program} is installed but does not run ({cause}); {start[name]}, and try again"
