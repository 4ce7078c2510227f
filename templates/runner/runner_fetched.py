"""Runs a job that fetches its own files: in a container, and on a training server.

Nothing else has fetched and checked them there, as bootstrap.sh does on EC2.
"""

from __future__ import annotations

import json
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


def run_fetched_job(bucket_name: str, region: str, user_id: str, machine: Path, stop: Stop) -> int:
    """Fetch the job's files, check them and run the job.

    Args:
        bucket_name: the training bucket.
        region: its Region.
        user_id: the `aws:userid` of the job's role session, which names its folders.
        machine: the folder for the fetched files; the folder above it is the runner's.
        stop: decides when the runner stops.

    Returns:
        The exit status of the script, 1 if there is none.
    """
    bucket, steering = Bucket(AwsClient(), bucket_name, region), f"steering/{user_id}/"
    folders = Folders(machine.parent)
    try:
        # A runner that starts again, after a restart of the machine, has moved them already.
        if not folders.started_marker.exists():
            _fetch(bucket, steering, machine)
            problem = take_files(machine / "job.json", folders)
        else:
            problem = ""
    except (AwsError, OSError) as error:
        problem = f"the job's files could not be fetched from {steering}: {error}"
    if problem:
        return refuse(bucket, user_id, problem)
    job = read_job(machine / "job.json")
    stop.grace_seconds = job.save_grace_seconds
    stop.watch_request(StopRequestWatch(bucket, f"{steering}{STOP_FILE}"))
    runner = Runner(job, folders, stop)
    if runner.run() != 0 or runner.end is None:
        return 1
    return 1 if runner.end.exit_status is None else runner.end.exit_status


def refuse(bucket: Bucket, user_id: str, reason: str) -> int:
    """Report why the training cannot start, as bootstrap.sh does on EC2, and return 1."""
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
        # The last file, because the machine is ended as soon as it is there.
        "exit.json": json.dumps(report),
    }
    for name, text in files.items():
        try:
            bucket.put(f"machines/{user_id}/{name}", text.encode())
        except AwsError as error:
            print(f"parris: {name} could not be written: {error}", file=sys.stderr, flush=True)
    return 1


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
