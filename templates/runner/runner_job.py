"""The runner's job (job.json) and its folders."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

CODE_FILE = "code.tar.gz"
TRAINING_CONFIG_FOLDER = "training-config"
_DEFAULT_SYNC_INTERVAL_SECONDS = 300


@dataclass(frozen=True)
class Job:
    """The job as WaitForRunning wrote it. Its limits, in seconds, count from the launch.

    `attempt` counts the attempts of the run from 1. `resume` says where the results of an earlier
    one are, and with which credentials they are read; None where there are none.
    `training_config` is the name of the file with the script's parameters, empty if there is none.
    `script_folder` is the folder of the script in the code, empty for the top. `code_sha256` is
    empty if there is no code besides the script. `rungs` names a metric, and after how many values
    of it the job is compared with other trials of its sweep; None for any other job. `metric_goal`
    says which values of a metric end the job; None where none do. `no_progress` says which silence
    of the script does; None where none does. `cloudwatch_metrics` says whether CloudWatch gets the
    metrics. `launched_at`, in Unix seconds, is None where the machine itself knows when it was
    launched.
    """

    job_id: str
    training_job_name: str
    bucket: str
    prefix: str
    region: str
    script_filename: str
    script_sha256: str
    environment: dict[str, str]
    hyperparameters: dict[str, Any]
    input_data: list[str]
    save_grace_seconds: int
    sync_interval_seconds: int
    limits: dict[str, float | None]
    termination_limit_minutes: int
    log_group: str
    log_stream: str
    is_spot: bool
    metrics: dict[str, str]
    rungs: dict[str, Any] | None = None
    metric_goal: dict[str, Any] | None = None
    no_progress: dict[str, Any] | None = None
    cloudwatch_metrics: bool = False
    code_sha256: str = ""
    script_folder: str = ""
    attempt: int = 1
    resume: dict[str, Any] | None = None
    training_config: str = ""
    training_config_sha256: str = ""
    launched_at: float | None = None

    def key(self, name: str) -> str:
        """Return the key of a file in the job's folder."""
        return f"{self.prefix}/{name}"

    def uri(self, name: str) -> str:
        """Return the S3 URI of a file in the job's folder."""
        return f"s3://{self.bucket}/{self.key(name)}"

    @property
    def script_name(self) -> str:
        """Return the script's file name without folders, which its key may have."""
        return self.script_filename.rpartition("/")[2]


def read_job(path: Path) -> Job:
    """Return the job in a job.json.

    Raises:
        KeyError, OSError, TypeError, ValueError: if the content violates the contract.
    """
    described = json.loads(path.read_text(encoding="utf-8"))
    code = described.get("code") or {}
    training_config = described.get("training_config") or {}
    return Job(
        job_id=described["job_id"],
        training_job_name=described["training_job_name"],
        bucket=described["bucket"],
        prefix=described["prefix"],
        region=described["region"],
        script_filename=described["script"]["filename"],
        script_sha256=described["script"]["sha256"],
        environment={str(key): str(value) for key, value in described["environment"].items()},
        hyperparameters=dict(described["hyperparameters"]),
        input_data=list(described["input_data"]),
        save_grace_seconds=int(described["save_grace_seconds"]),
        sync_interval_seconds=int(
            described.get("sync_interval_seconds", _DEFAULT_SYNC_INTERVAL_SECONDS)
        ),
        limits={name: _maybe_number(seconds) for name, seconds in described["limits"].items()},
        termination_limit_minutes=int(described["termination_limit_minutes"]),
        log_group=described["log_group"],
        log_stream=described["log_stream"],
        is_spot=described.get("is_spot") is True,
        metrics={str(key): str(value) for key, value in described.get("metrics", {}).items()},
        rungs=described.get("rungs"),
        metric_goal=described.get("metric_goal"),
        no_progress=described.get("no_progress"),
        cloudwatch_metrics=described.get("cloudwatch_metrics") is True,
        code_sha256=str(code.get("sha256", "")),
        script_folder=str(code.get("script_folder", "")),
        attempt=int(described.get("attempt", 1)),
        resume=described.get("resume"),
        training_config=str(training_config.get("filename", "")),
        training_config_sha256=str(training_config.get("sha256", "")),
        launched_at=_maybe_time(described.get("launched_at")),
    )


@dataclass(frozen=True)
class Folders:
    """The runner's files, all below one folder of the machine."""

    state: Path

    @property
    def results(self) -> Path:
        """The folder whose content is uploaded."""
        return self.state / "results"

    @property
    def inputs(self) -> Path:
        """The folder with the input data."""
        return self.state / "input"

    @property
    def resume(self) -> Path:
        """The folder with the results of an earlier attempt; there only where the job has some."""
        return self.state / "resume"

    @property
    def work(self) -> Path:
        """The script's working directory, with the copy of the script."""
        return self.state / "work"

    @property
    def script(self) -> Path:
        """The folder of the original script, which was checked."""
        return self.state / "script"

    @property
    def code_archive(self) -> Path:
        """The job's code archive, which was checked, if there is one."""
        return self.state / "code" / CODE_FILE

    @property
    def training_config(self) -> Path:
        """The folder of the script config, which was checked, if there is one."""
        return self.state / TRAINING_CONFIG_FOLDER

    @property
    def python_environment(self) -> Path:
        """The virtual environment with the script's requirements."""
        return self.state / "python"

    @property
    def commands(self) -> Path:
        """Stand-ins for poweroff and similar commands, first on the script's PATH."""
        return self.state / "bin"

    @property
    def log(self) -> Path:
        """The output of the script and the runner."""
        return self.state / "log.txt"

    @property
    def metrics(self) -> Path:
        """The values of the metrics that the script has printed."""
        return self.state / "metrics.jsonl"

    @property
    def shutdown_request(self) -> Path:
        """Exists once the script has requested a shutdown of the machine."""
        return self.state / "shutdown-request.json"

    @property
    def started_marker(self) -> Path:
        """Exists once the script was started, also after a restart of the machine."""
        return self.state / "started"

    @property
    def ended_marker(self) -> Path:
        """Exists once the job has ended; the service does not start again then."""
        return self.state / "ended"

    def make(self) -> None:
        """Create the folders that the script needs."""
        for folder in (self.results, self.inputs, self.work, self.commands):
            folder.mkdir(parents=True, exist_ok=True)


def _maybe_time(value: Any) -> float | None:
    return (
        None if value is None else datetime.fromisoformat(value.replace("Z", "+00:00")).timestamp()
    )


def _maybe_number(value: Any) -> float | None:
    return None if value is None else float(value)
