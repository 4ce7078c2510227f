"""What the user can do next about a job, as commands to copy."""

from __future__ import annotations

import shlex
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from parris.payloads import Payload


@dataclass(frozen=True, slots=True)
class NextSteps:
    """The commands that apply; others are empty."""

    watch: str = ""
    stop: str = ""
    results: str = ""
    report: str = ""
    again: str = ""

    def to_json(self) -> Payload:
        """Return the commands by their purpose, null for those that do not apply."""
        return {
            "watch": self.watch or None,
            "stop": self.stop or None,
            "results": self.results or None,
            "report": self.report or None,
            "rerun": self.again or None,
        }

    def lines(self) -> list[str]:
        """Return a line for each command."""
        named = {
            "watch": self.watch,
            "stop": self.stop,
            "fetch": self.results,
            "report": self.report,
            "again": self.again,
        }
        return [f"  {name:<7}  {command}" for name, command in named.items() if command]


NO_STEPS = NextSteps()


def next_steps(
    job_id: str, deployment: str | None, folder: Path | None, *, is_running: bool
) -> NextSteps:
    """Return what can be done about a job in an account that stays.

    Args:
        job_id: the job.
        deployment: its deployment; None if the command finds it by itself.
        folder: the folder for its results; None for the default.
        is_running: whether it can still be followed and stopped.
    """
    at = "" if deployment is None else f" --deployment {shlex.quote(deployment)}"
    job = shlex.quote(job_id)
    where = "" if folder is None else f" {shlex.quote(str(folder))}"
    return NextSteps(
        watch=f"parris watch {job}{at}" if is_running else "",
        stop=f"parris stop {job}{at}" if is_running else "",
        results=f"parris results {job}{where}{at}",
        report="" if is_running else f"parris report {job}{at}",
        again="" if is_running else f"parris rerun {job}{at}",
    )
