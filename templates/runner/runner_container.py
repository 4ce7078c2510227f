"""Runs the job in a container: fetches its files, checks them, and becomes its runner.

`python3 runner_container.py BUCKET REGION USERID`, in the folder to which the bootstrap has
unpacked the runner. A container has no service manager: nothing restarts it, and it ends with this
process, whose exit status is that of the script.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from runner_fetched import run_fetched_job
from runner_stop import Stop

KILLED_AFTER_SECONDS = 30.0
"""AWS Batch kills a container so long after SIGTERM.
Source: https://docs.aws.amazon.com/batch/latest/userguide/job_timeouts.html"""


def main(bucket_name: str, region: str, user_id: str, machine: Path) -> int:
    """Run the job and return the exit status of the container."""
    return run_fetched_job(bucket_name, region, user_id, machine, Stop(KILLED_AFTER_SECONDS))


if __name__ == "__main__":
    # The log of the container has the runner's notes only. The script's output goes to the job's
    # log stream, and the driver of the container's log could block whoever writes it.
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    sys.exit(main(sys.argv[1], sys.argv[2], sys.argv[3], Path(__file__).parent))
