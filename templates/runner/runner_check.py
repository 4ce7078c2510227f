"""Checks that the files of a job exist and match its digests, before training.

`python3 runner_check.py JOB_JSON STATE_FOLDER` moves them out of the folder of the runner's own
modules, so that a script cannot replace one of them by its name.
"""

from __future__ import annotations

import hashlib
import sys
from pathlib import Path

from runner_job import CODE_FILE, TRAINING_CONFIG_FOLDER, Folders, read_job

_PIECE_BYTES = 1024 * 1024


def take_files(job_path: Path, folders: Folders) -> str:
    """Check the script, any code archive and any script config, and move them to their places.

    Returns:
        The problem, or an empty string.
    """
    try:
        job = read_job(job_path)
    except (KeyError, OSError, TypeError, ValueError) as error:
        return f"job.json cannot be used: {error!r}"
    fetched = job_path.parent
    problem = _take(
        f"the script {job.script_filename}",
        fetched / job.script_filename,
        job.script_sha256,
        folders.script / job.script_name,
    )
    if job.training_config and not problem:
        name = job.training_config
        problem = _take(
            f"the script config {name}",
            fetched / TRAINING_CONFIG_FOLDER / name,
            job.training_config_sha256,
            folders.training_config / name,
        )
    if problem or not job.code_sha256:
        return problem
    return _take("the code archive", fetched / CODE_FILE, job.code_sha256, folders.code_archive)


def _take(what: str, source: Path, expected: str, target: Path) -> str:
    if not source.is_file():
        return f"{what} is not in the job's folder"
    digest = hashlib.sha256()
    with source.open("rb") as opened:
        for piece in iter(lambda: opened.read(_PIECE_BYTES), b""):
            digest.update(piece)
    found = digest.hexdigest()
    if found != expected.lower():
        return (
            f"{what} changed after the job was started: its sha256 is {found}, expected {expected}"
        )
    target.parent.mkdir(parents=True, exist_ok=True)
    source.replace(target)
    return ""


if __name__ == "__main__":
    problem = take_files(Path(sys.argv[1]), Folders(Path(sys.argv[2])))
    if problem:
        sys.exit(problem)
