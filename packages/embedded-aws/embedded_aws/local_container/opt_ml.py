"""How a job gets its /opt/ml: as a mount of its own, or only as variables."""

import functools
import subprocess
import tempfile
from enum import StrEnum
from pathlib import Path

from embedded_aws.supervised_process import supervisor_command, supervisor_environment

TRY = "try"
_TRY_SECONDS = 30


class OptMl(StrEnum):
    """Where the folder of a job is for its entry."""

    MOUNTED = "mounted"  # at /opt/ml, in a mount namespace of the job
    BASE_DIR = "base-dir"  # where SAGEMAKER_BASE_DIR and the variables SM_* say


@functools.cache
def find_mount_problem() -> str:
    """Return why nothing can be mounted on /opt/ml here, empty if it can: tried once."""
    with tempfile.TemporaryDirectory(prefix="opt-ml-") as folder:
        command = supervisor_command("embedded_aws.local_container", [TRY, folder])
        try:
            tried = subprocess.run(
                command,
                capture_output=True,
                check=False,
                cwd=folder,
                env=supervisor_environment(),
                text=True,
                timeout=_TRY_SECONDS,
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            return str(error)
    return "" if tried.returncode == 0 else _last_line(tried.stderr)


def choose_opt_ml() -> OptMl:
    """Return the better way that this system allows."""
    return OptMl.BASE_DIR if find_mount_problem() else OptMl.MOUNTED


def describe(way: OptMl, folder: Path) -> str:
    """Return a sentence about where the job's folder is."""
    if way is OptMl.MOUNTED:
        return "/opt/ml is this job's own folder, by a mount that only this job sees"
    problem = find_mount_problem()
    why = f" ({problem})" if problem else ""
    return (
        f"/opt/ml is not mounted here{why}: SAGEMAKER_BASE_DIR and the variables SM_* point to "
        f"{folder} instead, and a script that opens /opt/ml itself finds nothing"
    )


def _last_line(text: str) -> str:
    lines = text.strip().splitlines()
    return lines[-1] if lines else "no reason given"
