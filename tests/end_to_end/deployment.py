"""A deployed Parris on one embedded AWS, for tests that run real jobs on it."""

import dataclasses
import json
import time
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast

from parris.folder import JobFolder
from parris.payloads import Payload
from parris_cli.account.clients import Account
from parris_cli.reports.leftovers import Leftover, find_leftovers
from parris_cli.starting.job_files import find_job_files
from parris_cli.starting.start_job import StartedJob, start_job
from parris_cli.terminal.screen import Screen
from tests.patience import PATIENCE_SECONDS

_POLL_SECONDS = 0.3
# Ever more rarely: a poll takes processor time that the awaited job could use.
_LONGEST_PAUSE_POLLS = 3.0
ENDLESS = "while true; do sleep 0.2; done\n"


@dataclass(frozen=True, slots=True)
class Ended:
    """How an execution ended, and what of it was still there then."""

    status: str
    reason: str | None
    cause: str
    outcome: dict[str, Any]
    left: list[Leftover]


class Deployed:
    """Starts jobs and waits for what becomes of them, never without a deadline."""

    def __init__(self, account: Account, folder: Path, look_seconds: float = _POLL_SECONDS) -> None:
        self.account = account
        self._folder = folder
        self._poll_seconds = look_seconds

    def write_job(self, name: str, script: str, **config: Any) -> Path:
        """Write config and script, and return the config's path."""
        folder = self._folder / name
        folder.mkdir(exist_ok=True)
        (folder / "train.sh").write_text("#!/bin/bash\n" + script)
        whole = {
            "training-job-name": name,
            "termination-method": "on-complete",
            "training-script-filename": "train.sh",
            "instance-type": "t3.micro",
            **{key.replace("_", "-"): value for key, value in config.items()},
        }
        path = folder / "job.json"
        path.write_text(json.dumps(whole))
        return path

    def start(self, name: str, script: str, **config: Any) -> StartedJob:
        """Start a job and return at once."""
        files = find_job_files(self.write_job(name, script, **config), {})
        return start_job(self.account, files, datetime.now(UTC))

    def end_of(self, started: StartedJob, within_seconds: float = PATIENCE_SECONDS) -> Ended:
        """Wait for an execution's end."""
        deadline, pause_seconds = time.monotonic() + within_seconds, self._poll_seconds
        while (answer := self._describe(started))["status"] == "RUNNING":
            assert time.monotonic() < deadline, f"{started.job_id} has not ended in time"
            time.sleep(pause_seconds)
            pause_seconds = min(1.25 * pause_seconds, _LONGEST_PAUSE_POLLS * self._poll_seconds)
        return Ended(
            status=answer["status"],
            reason=answer.get("error") or json.loads(answer.get("output", "{}")).get("reason"),
            cause=answer.get("cause", ""),
            outcome=self._outcome(started),
            left=self.left_of(started),
        )

    def left_of(self, started: StartedJob) -> list[Leftover]:
        """Return what of a job is there now."""
        return find_leftovers(self.account, started.execution_arn)

    def wait_for_file(
        self, started: StartedJob, name: str, within_seconds: float = PATIENCE_SECONDS
    ) -> None:
        """Wait until the job's machine has written a file."""
        deadline = time.monotonic() + within_seconds
        while not self._keys(key := f"{self.folder_of(started).output_prefix}/{name}"):
            assert self._describe(started)["status"] == "RUNNING"
            assert time.monotonic() < deadline, f"{key} has not come in time"
            time.sleep(self._poll_seconds)

    def is_running(self, started: StartedJob) -> bool:
        """Return whether the execution runs."""
        return bool(self._describe(started)["status"] == "RUNNING")

    def results_of(self, started: StartedJob) -> dict[str, str]:
        """Return the results in the bucket, by name."""
        prefix = self.folder_of(started).results_prefix
        return {key.removeprefix(prefix): self._read(key) for key in self._keys(prefix)}

    def keys_of_results(self, started: StartedJob) -> set[str]:
        """Return the names of the results in the bucket."""
        prefix = self.folder_of(started).results_prefix
        return {key.removeprefix(prefix) for key in self._keys(prefix)}

    def log_of(self, started: StartedJob) -> str:
        """Return the whole log in the bucket."""
        return self._read(self.folder_of(started).log_key)

    def folder_of(self, started: StartedJob) -> JobFolder:
        """Return where the job's files lie, those of its machine as far as it is known."""
        name = started.job_id.rsplit("-", 2)[0]
        folder = JobFolder(self.account.deployment.bucket, name, started.job_id)
        if not self._keys(folder.machine_note_key):
            return folder
        prefix = json.loads(self._read(folder.machine_note_key))["prefix"]
        return dataclasses.replace(folder, machine_prefix=prefix)

    def account_context(self, screen: Screen) -> AbstractContextManager[Account]:
        """Stand in for `embedded_account`: the command runs on this AWS instead of its own."""
        return nullcontext(self.account)

    def _describe(self, started: StartedJob) -> dict[str, Any]:
        client = self.account.stepfunctions
        return cast("dict[str, Any]", client.describe_execution(executionArn=started.execution_arn))

    def _outcome(self, started: StartedJob) -> Payload:
        key = self.folder_of(started).record_key
        return json.loads(self._read(key))["outcome"] if self._keys(key) else {}

    def _keys(self, prefix: str) -> list[str]:
        bucket = self.account.deployment.bucket
        answer = self.account.s3.list_objects_v2(Bucket=bucket, Prefix=prefix)
        return [one["Key"] for one in answer.get("Contents", [])]

    def _read(self, key: str) -> str:
        bucket = self.account.deployment.bucket
        return self.account.s3.get_object(Bucket=bucket, Key=key)["Body"].read().decode()
