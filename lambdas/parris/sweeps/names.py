"""The names of a sweep's trials, which follow from the sweep and the number of the trial."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass

TRIAL_KEY = "sweep-trial"
"""The key of a training config that names the run of a trial."""
JOB_PREFIX = "sweep-"
"""The names of all jobs of sweeps begin so; roles name the folders of these jobs by it."""
_FORBIDDEN = re.compile(r"[^A-Za-z0-9-]")
# The name of an execution has at most 80 characters; the number and the run take 9.
_LONGEST_ID = 64
_DIGEST = 8


@dataclass(frozen=True, slots=True)
class TrialName:
    """The name of one run of a trial, as a config's `sweep-trial` has it: `<sweep>/<number>/<run>`.

    It is the id of the run's reservation. `run` counts the runs of the trial from 0.
    """

    sweep_id: str
    number: int
    run: int

    def __str__(self) -> str:
        return f"{self.sweep_id}/{self.number}/{self.run}"

    @property
    def execution_name(self) -> str:
        """Return the name of the run's execution."""
        again = f"-r{self.run}" if self.run else ""
        return f"{JOB_PREFIX}{_short(self.sweep_id)}-{self.number}{again}"

    @property
    def training_job_name(self) -> str:
        """Return the name of the run's job."""
        return self.execution_name


def parse_trial_name(text: str) -> TrialName | None:
    """Return the run that a `sweep-trial` names, or None if it names none."""
    sweep_id, _, rest = text.partition("/")
    number, _, run = rest.partition("/")
    if not sweep_id or not _is_number(number) or not _is_number(run):
        return None
    return TrialName(sweep_id, int(number), int(run))


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit()


def _short(sweep_id: str) -> str:
    """Return the id as part of a job's name; what was cut or replaced is told apart by a digest."""
    fitting = _FORBIDDEN.sub("-", sweep_id)
    if fitting == sweep_id and len(fitting) <= _LONGEST_ID - _DIGEST:
        return fitting
    digest = hashlib.sha256(sweep_id.encode()).hexdigest()[:_DIGEST]
    return f"{fitting[: _LONGEST_ID - _DIGEST - 1]}-{digest}"
