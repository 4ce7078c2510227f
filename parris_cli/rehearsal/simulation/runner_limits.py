"""When a machine's runner would begin to save, computed by the runner's own code.

Its module `runner_deadline.py` is in the archive `runner.zip` that the machine would fetch, so that
simulated limits are the real ones.
"""

import builtins
import functools
import hashlib
import io
import sys
import zipfile
from collections.abc import Mapping
from types import ModuleType
from typing import Any, Protocol


class RunnerLimit(Protocol):
    """The earliest limit, in Unix seconds: the runner's own `Deadline`."""

    stop_at: float
    ended_by: str

    @property
    def off_at(self) -> float:
        """Return when the runner must have finished."""

    @property
    def upload_until(self) -> float:
        """Return when the runner gives the upload up."""

    def save_starts_at(self, started_at: float, upload_seconds: float) -> float:
        """Return when the script receives the signal to stop, given the upload's duration."""


def runner_module(runner_archive: bytes, name: str) -> bytes:
    """Return the source of one module of the archive that a machine fetches."""
    with zipfile.ZipFile(io.BytesIO(runner_archive)) as archive:
        return archive.read(name)


def earliest_limit(
    runner_deadline: bytes, job: Mapping[str, Any], launched_at: float
) -> RunnerLimit | None:
    """Return the limit that the runner of this job enforces, or None if it has none.

    Args:
        runner_deadline: the source of runner_deadline.py.
        job: the contents of job.json.
        launched_at: when the instance was launched, in Unix seconds.
    """
    module = load_module(runner_deadline)
    found: RunnerLimit | None = module.earliest_deadline(
        job["limits"], float(job["save_grace_seconds"]), launched_at
    )
    return found


@functools.lru_cache(maxsize=8)
def load_module(source: bytes) -> ModuleType:
    """Return a module of the runner that imports no other one."""
    return _load(source, vars(builtins))


@functools.lru_cache(maxsize=8)
def load_from_archive(runner_archive: bytes, name: str) -> ModuleType:
    """Return a module of the archive, which may import other ones of it."""
    loaded: dict[str, ModuleType] = {}

    def import_module(imported: str, *args: Any) -> ModuleType:
        if not imported.startswith("runner_"):
            return __import__(imported, *args)
        if imported not in loaded:
            loaded[imported] = load(imported)
        return loaded[imported]

    def load(imported: str) -> ModuleType:
        source = runner_module(runner_archive, f"{imported}.py")
        return _load(source, {**vars(builtins), "__import__": import_module})

    return load(name)


def _load(source: bytes, available: Mapping[str, Any]) -> ModuleType:
    name = f"runner_module_{hashlib.sha256(source).hexdigest()[:16]}"
    # Registered by its name while it loads, because dataclasses look their module up.
    module = sys.modules[name] = ModuleType(name)
    vars(module)["__builtins__"] = dict(available)
    exec(compile(source, f"{name}.py", "exec"), vars(module))
    return module
