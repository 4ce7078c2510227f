"""Runs the job in a container: fetches its files, checks them, and becomes its runner.

`python3 runner_container.py BUCKET REGION USERID`, in the folder to which the bootstrap has
unpacked the runner. A container has no service manager: nothing restarts it, and it ends with this
process, whose exit status is that of the script.
"""

from __future__ import annotations

import json
import os
import sys
import time
from pathlib import Path

from runner import BY_BOOTSTRAP, Runner
from runner_check import take_files
from runner_clock import iso
from runner_http import AwsClient, AwsError
from runner_job import Folders, read_job
from runner_s3 import REPORT_WAITS_SECONDS, Bucket
from runner_stop import Stop
from runner_stop_request import FILE as STOP_FILE
from runner_stop_request import StopRequestWatch

_FETCH_SECONDS = 300.0
KILLED_AFTER_SECONDS = 30.0
"""AWS Batch kills a container so long after SIGTERM.
Source: https://docs.aws.amazon.com/batch/latest/userguide/job_timeouts.html"""


def main(bucket_name: str, region: str, user_id: str, machine: Path) -> int:
    """Run the job and return the exit status of the container."""
    stop = Stop(KILLED_AFTER_SECONDS)
    bucket, steering = Bucket(AwsClient(), bucket_name, region), f"steering/{user_id}/"
    folders = Folders(machine.parent)
    try:
        _fetch(bucket, steering, machine)
        problem = take_files(machine / "job.json", folders)
    except (AwsError, OSError) as error:
        problem = f"the job's files could not be fetched from {steering}: {error}"
    if problem:
        return _fail(bucket, f"machines/{user_id}", problem)
    job = read_job(machine / "job.json")
    stop.grace_seconds = job.save_grace_seconds
    stop.watch_request(StopRequestWatch(bucket, f"{steering}{STOP_FILE}"))
    runner = Runner(job, folders, stop)
    if runner.run() != 0 or runner.end is None:
        return 1
    return 1 if runner.end.exit_status is None else runner.end.exit_status


def _fetch(bucket: Bucket, prefix: str, machine: Path) -> None:
    until = time.time() + _FETCH_SECONDS
    for name in bucket.list_sizes(prefix, lambda: until):
        target = machine / name
        if name == "runner.zip" or ".." in Path(name).parts:
            continue
        target.parent.mkdir(parents=True, exist_ok=True)
        key = f"{prefix}{name}"
        target.write_bytes(
            bucket.retry(lambda key=key: bucket.get(key, lambda: until), REPORT_WAITS_SECONDS)  # type: ignore[misc]
        )


def _fail(bucket: Bucket, prefix: str, reason: str) -> int:
    """Report why the training cannot start, as bootstrap.sh does on EC2."""
    print(f"parris: {reason}", file=sys.stderr, flush=True)
    nothing = {"object_count": 0, "total_bytes": 0, "complete": True}
    now = iso(time.time())
    report = {
        "is_final": True,
        "exit_status": None,
        "signal": None,
        "ended_by": BY_BOOTSTRAP,
        "started_at": None,
        "ended_at": now,
        "last_log_lines": [reason],
        "results": nothing,
    }
    files = {
        "log.txt": f"parris: {reason}\n",
        "results-manifest.json": json.dumps({**nothing, "uploaded_at": now}),
        # The last file, because the container is ended as soon as it is there.
        "exit.json": json.dumps(report),
    }
    for name, text in files.items():
        try:
            bucket.put(f"{prefix}/{name}", text.encode())
        except AwsError as error:
            print(f"parris: {name} could not be written: {error}", file=sys.stderr, flush=True)
    return 1


if __name__ == "__main__":
    # The log of the container has the runner's notes only. The script's output goes to the job's
    # log stream, and the driver of the container's log could block whoever writes it.
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    sys.exit(main(sys.argv[1], sys.argv[2], sys.argv[3], Path(__file__).parent))
