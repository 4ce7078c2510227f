"""Bootstrap's check: the script is there and is the one that was meant, else say why not.

`python3 runner_check.py JOB_JSON SCRIPT_FOLDER` moves the script out of the folder of the runner's
own modules, so that no script's name can stand in for one of them.
"""

from __future__ import annotations

import hashlib
import sys
from pathlib import Path

from runner_job import read_job


def take_script(job_path: Path, script_folder: Path) -> str:
    """Move the checked script into `script_folder`.

    Returns:
        Why that cannot be done, or an empty text.
    """
    try:
        job = read_job(job_path)
    except (KeyError, OSError, TypeError, ValueError) as error:
        return f"job.json cannot be used: {error!r}"
    fetched = job_path.parent / job.script_filename
    if not fetched.is_file():
        return f"the script {job.script_filename} is not in the job's folder"
    body = fetched.read_bytes()
    found = hashlib.sha256(body).hexdigest()
    if found != job.script_sha256.lower():
        return (
            f"the script {job.script_filename} is not the one that this job was started with: "
            f"its sha256 is {found}, expected {job.script_sha256}"
        )
    script_folder.mkdir(parents=True, exist_ok=True)
    (script_folder / job.script_name).write_bytes(body)
    fetched.unlink()
    return ""


if __name__ == "__main__":
    fault = take_script(Path(sys.argv[1]), Path(sys.argv[2]))
    if fault:
        sys.exit(fault)
