"""Runs one training script on the machine and saves its results.

`python3 runner.py JOB_JSON STATE_FOLDER`, under a service that powers the machine off when this
process ends for whatever reason. Needs Python 3.9 or later, and the `aws` command for input
data. docs/bootstrap-contract.md says what the script and the controller can rely on.
"""

from __future__ import annotations

import signal
import sys
import time
import traceback
from contextlib import suppress
from pathlib import Path

from runner_background import BackgroundSync
from runner_clock import launch_time
from runner_cloudwatch import CloudWatchSender
from runner_code import CodeInvalidError
from runner_console import Console
from runner_deadline import earliest_deadline
from runner_decision import FILE as DECISION_FILE
from runner_decision import Decision
from runner_heartbeat import FILE as HEARTBEAT_FILE
from runner_heartbeat import Heartbeat
from runner_http import AwsClient
from runner_inputs import InputMissingError
from runner_job import Folders, Job, read_job
from runner_live_report import LiveReport
from runner_log import TrainerLog
from runner_metric_goal import MetricGoal
from runner_metrics import Metrics
from runner_no_progress import ProgressWatch
from runner_pace import Pace
from runner_preparation import Preparation
from runner_published_metrics import PublishedMetrics
from runner_report import Report
from runner_requirements import RequirementsFailedError
from runner_results import NOTHING_SAVED, save_results
from runner_rungs import FILE as RUNGS_FILE
from runner_rungs import Rungs
from runner_s3 import Bucket
from runner_script import BY_SIGNAL, ScriptEnd, run_script
from runner_stop import Stop
from runner_sync import ResultSync
from runner_wording import counted

BY_BOOTSTRAP, BY_REQUIREMENTS = "bootstrap", "requirements"
ALL_IS_SAVED = "complete"
"""What the marker of a job's end contains if no result is on this disk alone."""
_LAST_SEND_SECONDS = 20.0


class Runner:
    """One run of one job on this machine."""

    def __init__(self, job: Job, folders: Folders, stop: Stop) -> None:
        """Set up the parts. Nothing here may fail, because a failure could not be reported."""
        self._job = job
        self._folders = folders
        self._stop = stop
        client, self._console, pace = AwsClient(), Console(), Pace()
        self._bucket = Bucket(client, job.bucket, job.region)
        self._sender = CloudWatchSender(client, job.region, job.log_group, job.log_stream)
        self._rungs = Rungs(LiveReport(self._bucket, job.key(RUNGS_FILE)), job.rungs)
        self._decision = Decision(LiveReport(self._bucket, job.key(DECISION_FILE)))
        self._progress = ProgressWatch(self._decision.make, job.no_progress)
        goal = MetricGoal(self._decision.make, job.metric_goal)
        self._metrics = Metrics(
            folders.metrics,
            job.metrics,
            lambda text: self._log.note(text),
            [self._rungs.add, goal.add],
        )
        self._published = PublishedMetrics(
            client,
            job.region,
            job.training_job_name,
            self._metrics.last_values,
            lambda text: self._log.note(text),
        )
        self._log = TrainerLog(
            folders.log, [self._sender, self._metrics, self._progress], self._console
        )
        self._preparation = Preparation(job, folders, self._log)
        self._sync = ResultSync(job, self._bucket, str(folders.results), self._log.note, pace)
        self._background = BackgroundSync(
            self._sync, pace, job.sync_interval_seconds, self._log.note, stop.upload_until
        )
        self._report = Report(
            job, self._bucket, self._log, folders.log, self._metrics, stop.done_until
        )
        self._is_all_saved = False
        self.end: ScriptEnd | None = None
        """How the script ended, once it has."""
        self._heartbeat = Heartbeat(
            self._bucket,
            job.key(HEARTBEAT_FILE),
            lambda: self._background.synced_at,
            self._metrics.last_values,
        )

    def run(self) -> int:
        """Run the job and return the exit status, 0 when its end is in the bucket."""
        end = self.end = self._train()
        self._heartbeat.is_script_running = False
        self._progress.stop()
        self._background.stop()
        problem = self._save(end)
        if problem:
            self._console.show([f"parris: exit.json could not be written: {problem}"], True)
        with suppress(OSError):
            said = ALL_IS_SAVED if self._is_all_saved and not problem else "incomplete"
            self._folders.ended_marker.write_text(said, encoding="ascii")
        self._console.close()
        return 1 if problem else 0

    def _train(self) -> ScriptEnd:
        try:
            self._folders.make()
            if self._folders.started_marker.exists():
                self._log.note(
                    "the machine restarted while the script ran; it is not started again", True
                )
                return ScriptEnd(BY_SIGNAL, None, signal.SIGKILL.name, None)
            self._stop.deadline = earliest_deadline(
                self._job.limits,
                self._job.save_grace_seconds,
                self._job.launched_at or launch_time(),
            )
            return self._fetch_and_run()
        except (CodeInvalidError, InputMissingError) as error:
            self._log.note(str(error), is_reason=True)
        except RequirementsFailedError as error:
            self._log.note(str(error), is_reason=True)
            return ScriptEnd(BY_REQUIREMENTS, None, None, None)
        except Exception:
            # Any error has to be reported to the controller, and the machine has to end.
            for line in traceback.format_exc().splitlines():
                self._log.note(line, is_reason=True)
        return ScriptEnd(BY_BOOTSTRAP, None, None, None)

    def _fetch_and_run(self) -> ScriptEnd:
        job, log, stop = self._job, self._log, self._stop
        deadline = stop.deadline

        def is_over() -> bool:
            is_late = deadline is not None and time.time() >= deadline.stop_at
            return bool(stop.stopped_by()) or is_late

        if not is_over():
            # Input data may take hours, during which the machine must send heartbeats.
            self._report.put_start()
            self._heartbeat.start()
        self._preparation.run(deadline, is_over)
        stopped_by = stop.stopped_by()
        if stopped_by:
            log.note("a stop was requested before the script started", is_reason=True)
            return ScriptEnd(stopped_by, None, None, None)
        if deadline is not None and is_over():
            log.note(f"the {deadline.ended_by} passed before the script started", is_reason=True)
            return ScriptEnd(deadline.ended_by, None, None, None)
        self._background.start(deadline)
        self._heartbeat.is_script_running = True
        self._progress.start()
        if job.cloudwatch_metrics:
            self._published.start()
        is_time_to_save = self._background.is_time_to_save
        return run_script(
            job,
            self._folders,
            log,
            deadline,
            is_time_to_save,
            stop.stopped_by,
            stop.script_grace_seconds,
        )

    def _save(self, end: ScriptEnd) -> str:
        """Save everything and return why exit.json could not be written, or an empty string.

        The log and a first exit.json are saved before the results, which may take long or fail.
        """
        ended_at = self._stop.saving_since = time.time()
        # Later notes must not displace the script's last lines.
        last_lines = self._log.last_lines()
        self._metrics.close()
        stop, log = self._stop, self._log
        log.note(f"ended by {end.ended_by}, exit status {end.exit_status}, signal {end.signal}")
        self._report.requirements_seconds = self._preparation.requirements_seconds
        self._report.put_preliminary(end, ended_at, last_lines)
        try:
            saved = save_results(
                self._job, self._bucket, self._sync, log.note, stop.upload_until, stop.done_until
            )
        except Exception as error:
            # Without a final exit.json the controller would consider the machine lost.
            log.note(f"the results could not be saved: {error!r}")
            saved = NOTHING_SAVED
        self._is_all_saved = saved.is_complete
        arrived = counted(saved.object_count, "result"), counted(saved.total_bytes, "byte")
        log.note(f"saved {', '.join(arrived)}")
        self._rungs.close()
        self._decision.close()
        self._published.close()
        self._report.put_metrics()
        self._report.put_manifest(saved)
        log.close()
        left_seconds = max(0.5, stop.done_until() - time.time())
        self._sender.close(min(_LAST_SEND_SECONDS, left_seconds / 2))
        self._report.put_log()
        return self._report.put_final(end, ended_at, last_lines, saved)


def main(job_path: Path, state: Path) -> int:
    """Run the job that job.json describes. `state` is the folder for all of the runner's files."""
    stop = Stop()
    job = read_job(job_path)
    stop.grace_seconds = job.save_grace_seconds
    if job.is_spot:
        stop.watch_interruption()
    return Runner(job, Folders(state), stop).run()


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), Path(sys.argv[2])))
