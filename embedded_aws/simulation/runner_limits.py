"""When a machine's own runner would begin to save, as that runner itself works it out.

Its module `runner_job.py` lies in the job's folder, with the job.json that it reads. It is the one
that would run on the machine, so that simulated limits are the real ones.
"""

import functools
import hashlib
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType


@dataclass(frozen=True, slots=True)
class RunnerLimit:
    """The earliest limit: the script is told to stop at `stop_at`, in Unix seconds."""

    stop_at: float
    ended_by: str


def earliest_limit(runner_job: bytes, job: bytes, launched_at: float) -> RunnerLimit | None:
    """Return the limit that the runner of this job obeys, or None when it has none.

    Args:
        runner_job: the source of runner_job.py.
        job: the text of job.json.
        launched_at: when the instance was launched, in Unix seconds.
    """
    module = _load(runner_job)
    with tempfile.NamedTemporaryFile(suffix=".json") as written:
        written.write(job)
        written.flush()
        found = module.earliest_deadline(module.read_job(Path(written.name)), launched_at)
    if found is None:
        return None
    return RunnerLimit(found.stop_at, found.ended_by)


@functools.lru_cache(maxsize=8)
def _load(source: bytes) -> ModuleType:
    name = f"runner_job_{hashlib.sha256(source).hexdigest()[:16]}"
    # Known by its name while it is made, since dataclasses look their module up.
    module = sys.modules[name] = ModuleType(name)
    exec(compile(source, f"{name}.py", "exec"), vars(module))
    return module
