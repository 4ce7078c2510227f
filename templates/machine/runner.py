"""Runs one training script on the machine and saves what it made.

`python3 runner.py JOB_JSON STATE_FOLDER`, under a service that powers the machine off once this
process has ended, whatever happened. Needs Python 3.9 or later and the `aws` command.
docs/bootstrap-contract.md says what the script and the controller can rely on.
"""

from __future__ import annotations

import json
import signal
import sys
import threading
import time
import traceback
from pathlib import Path

from runner_aws import put_file
from runner_clock import iso, launch_moment
from runner_cloudwatch import CloudWatchSender
from runner_deadline import Deadline, earliest_deadline
from runner_inputs import InputMissingError, fetch_inputs
from runner_interruption import InterruptionWatch
from runner_job import Folders, Job, read_job
from runner_log import TrainerLog
from runner_results import Saved, save_results
from runner_script import BY_INTERRUPTION, BY_SIGNAL, ScriptEnd, run_script

BY_BOOTSTRAP = "bootstrap"


class Stop:
    """Whether, and by what, this process was told to stop: the machine goes off."""

    def __init__(self) -> None:
        """Take SIGTERM over, for this process's whole life."""
        self._event = threading.Event()
        self._interruption = InterruptionWatch()
        signal.signal(signal.SIGTERM, lambda number, frame: self._event.set())

    def watch_interruption(self) -> None:
        """Look out for EC2's notice to a spot instance too."""
        self._interruption.start()

    def told_by(self) -> str:
        """Return what it was told by, as exit.json names it; empty while it was not."""
        if self._interruption.has_come():
            return BY_INTERRUPTION
        return BY_SIGNAL if self._event.is_set() else ""


def main(job_path: Path, state: Path) -> int:
    """Run the job and return this process's exit status, 0 when its end is in the bucket."""
    stop = Stop()
    job = read_job(job_path)
    if job.is_spot:
        stop.watch_interruption()
    folders = Folders(state)
    folders.make()
    sender = CloudWatchSender(job.log_group, job.log_stream, state)
    log = TrainerLog(folders.log, sender)
    end = _train(job, folders, log, stop)
    is_saved = _save(job, folders, log, sender, end)
    folders.ended_marker.touch()
    return 0 if is_saved else 1


def _train(job: Job, folders: Folders, log: TrainerLog, stop: Stop) -> ScriptEnd:
    if folders.started_marker.exists():
        log.note("the machine restarted while the script ran; it is not started again", True)
        return ScriptEnd(BY_SIGNAL, None, signal.SIGKILL.name, None)
    try:
        deadline = earliest_deadline(job.limits, job.save_grace_seconds, launch_moment())
        return _fetch_and_run(job, folders, log, deadline, stop)
    except InputMissingError as error:
        log.note(str(error), is_reason=True)
    except Exception:
        # Whatever this is, the controller must read of it and the machine must end.
        for line in traceback.format_exc().splitlines():
            log.note(line, is_reason=True)
    return ScriptEnd(BY_BOOTSTRAP, None, None, None)


def _fetch_and_run(
    job: Job, folders: Folders, log: TrainerLog, deadline: Deadline | None, stop: Stop
) -> ScriptEnd:
    def is_over() -> bool:
        return bool(stop.told_by()) or (deadline is not None and time.time() >= deadline.stop_at)

    if job.input_data:
        log.note(f"fetching input data: {', '.join(job.input_data)}")
        fetch_inputs(job.input_data, folders.inputs, is_over)
    told_by = stop.told_by()
    if told_by:
        log.note("told to stop before the script started", is_reason=True)
        return ScriptEnd(told_by, None, None, None)
    if deadline is not None and is_over():
        log.note(f"the {deadline.ended_by} came before the script started", is_reason=True)
        return ScriptEnd(deadline.ended_by, None, None, None)
    _announce_start(job, folders)
    return run_script(job, folders, log, deadline, stop.told_by)


def _announce_start(job: Job, folders: Folders) -> None:
    """Tell the controller that from now on there is something to lose.

    Where that cannot be written no results could be either, and it is better not to train at all.
    """
    announcement = folders.state / "started.json"
    announcement.write_text(json.dumps({"started_at": iso(time.time())}), encoding="utf-8")
    answer = put_file(str(announcement), job.uri(announcement.name))
    if not answer.is_success:
        raise RuntimeError(f"nothing can be written to {job.uri('')}: {answer.error}")


def _save(
    job: Job, folders: Folders, log: TrainerLog, sender: CloudWatchSender, end: ScriptEnd
) -> bool:
    """Write results, manifest, log and exit.json, in this order: exit.json means all is done."""
    ended_at = time.time()
    # What is noted from here on is not what the script said last.
    last_lines = log.last_lines()
    log.note(f"ended by {end.ended_by}, exit status {end.exit_status}, signal {end.signal}")
    try:
        saved = save_results(job, folders.results, log.note)
    except Exception as error:
        # Without exit.json the controller would take the machine for lost.
        log.note(f"the results could not be saved: {error!r}")
        saved = Saved(0, 0, False)
    log.note(f"saved {saved.object_count} results, {saved.total_bytes} bytes")
    manifest = folders.state / "results-manifest.json"
    manifest.write_text(saved.manifest(), encoding="utf-8")
    put_file(str(manifest), job.uri(manifest.name))
    log.close()
    sender.close()
    put_file(str(folders.log), job.uri(folders.log.name))
    report = folders.state / "exit.json"
    report.write_text(_describe(end, ended_at, last_lines, saved), encoding="utf-8")
    answer = put_file(str(report), job.uri(report.name))
    if not answer.is_success:
        print(f"parris: exit.json could not be written: {answer.error}", file=sys.stderr)
    return answer.is_success


def _describe(end: ScriptEnd, ended_at: float, last_lines: list[str], saved: Saved) -> str:
    return json.dumps(
        {
            "is_final": True,
            "exit_status": end.exit_status,
            "signal": end.signal,
            "ended_by": end.ended_by,
            "started_at": None if end.started_at is None else iso(end.started_at),
            "ended_at": iso(ended_at),
            "last_log_lines": last_lines,
            "results": saved.described(),
        }
    )


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), Path(sys.argv[2])))
