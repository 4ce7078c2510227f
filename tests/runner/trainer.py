"""Runs the real runner as a process against an AWS of its own, and reads what it has written."""

import hashlib
import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

from embedded_aws.local_instance.metadata_server import MetadataServer
from embedded_aws.processes import find_marked, send
from embedded_aws_helpers.waiting import wait_until
from tests.runner.fake_service import FakeService

MACHINE_FILES = Path(__file__).parents[2] / "templates" / "runner"
PREFIX = "jobs/digits/digits-1"


@dataclass
class Trainer:
    """One machine's worth of runner. `job` may be changed before `start`."""

    folder: Path
    launched_at: float = field(default_factory=time.time)
    job: dict[str, Any] = field(default_factory=dict)
    metadata: MetadataServer | None = None
    process: subprocess.Popen[bytes] | None = None
    service: FakeService = field(init=False)
    is_interrupted: bool = False
    has_role: bool = True
    console_descriptor: int | None = None

    def __post_init__(self) -> None:
        self.job = {
            "job_id": "digits-1",
            "training_job_name": "digits",
            "execution_arn": "arn:aws:states:us-east-1:123456789012:execution:parris:digits-1",
            "bucket": "bucket",
            "prefix": PREFIX,
            "region": "us-east-1",
            "script": {"filename": "train.sh", "sha256": ""},
            "environment": {},
            "hyperparameters": {},
            "input_data": [],
            "save_grace_seconds": 5,
            "limits": {
                "time_limit_seconds": None,
                "cost_limit_seconds": None,
                "ends_at_seconds": 8700 * 3600,
                "gone_at_seconds": 8700 * 3600,
            },
            "termination_limit_minutes": 90,
            "log_group": "/trainers",
            "log_stream": "digits/digits-1",
        }
        (self.folder / "bin").mkdir(parents=True)
        self.service = FakeService(self.folder)
        (self.folder / "s3" / "bucket").mkdir(parents=True)
        command = self.folder / "bin" / "aws"
        fake = Path(__file__).with_name("fake_aws.py")
        command.write_text(f'#!/bin/sh\nexec "{sys.executable}" -I -S "{fake}" "$@"\n')
        command.chmod(0o755)

    @property
    def state(self) -> Path:
        return self.folder / "state"

    def start(self, script: str | bytes, filename: str = "train.sh") -> "Trainer":
        body = script.encode() if isinstance(script, str) else script
        sha256 = hashlib.sha256(body).hexdigest()
        self.job["script"] = {"filename": filename, "sha256": sha256}
        prepared = self.state / "script" / filename
        if not (prepared.exists() and prepared.read_bytes() == body):
            prepared.parent.mkdir(parents=True, exist_ok=True)
            prepared.write_bytes(body)
        job = self.write_job()
        self.metadata = MetadataServer(self._read_metadata, lambda: True)
        with self._open_console() as console:
            self.process = subprocess.Popen(
                [sys.executable, MACHINE_FILES / "runner.py", job, self.state],
                env=self.environment(self.metadata.url),
                stdout=console,
                stderr=console,
                start_new_session=True,
            )
        return self

    def _open_console(self) -> IO[bytes]:
        if self.console_descriptor is not None:
            return os.fdopen(self.console_descriptor, "wb")
        return (self.folder / "console").open("ab")

    def write_job(self) -> Path:
        path = self.folder / "job.json"
        path.write_text(json.dumps(self.job))
        return path

    def environment(self, metadata_url: str) -> dict[str, str]:
        return {
            "PATH": f"{self.folder / 'bin'}:{os.environ['PATH']}",
            "HOME": str(self.folder),
            "FAKE_AWS_FOLDER": str(self.folder),
            "AWS_ENDPOINT_URL": self.service.url,
            "AWS_EC2_METADATA_SERVICE_ENDPOINT": metadata_url,
            "PYTHONDONTWRITEBYTECODE": "1",
        }

    def run(self, script: str | bytes, filename: str = "train.sh") -> dict[str, Any]:
        return self.start(script, filename).finish()

    def tell_to_stop(self) -> "Trainer":
        assert self.process is not None
        self.process.send_signal(signal.SIGTERM)
        return self

    def interrupt(self) -> None:
        """Give the notice that EC2 gives to a spot instance."""
        self.is_interrupted = True

    def finish(self, timeout_seconds: float = 120) -> dict[str, Any]:
        """Wait for the runner's end and return its exit.json."""
        assert self.process is not None
        status = self.process.wait(timeout_seconds)
        assert status == 0, self.console()
        found: dict[str, Any] = json.loads(self.saved("exit.json"))
        return found

    def close(self) -> None:
        if self.process is not None and self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        for pid in find_marked(str(self.folder), "FAKE_AWS_FOLDER"):
            send(pid, signal.SIGKILL)
        if self.metadata is not None:
            self.metadata.close()
        self.service.close()

    def wait_until_said(self, text: str) -> "Trainer":
        wait_until(lambda: text in self.console())
        return self

    def put(self, key: str, body: str) -> None:
        path = self.folder / "s3" / "bucket" / key
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(body)

    def let_fail(self, times: int, call: str, status: int = 503) -> None:
        self.service.failures.append([str(times), call, str(status)])

    def saved(self, name: str) -> bytes:
        return self.service.objects[f"{PREFIX}/{name}"]

    def results(self) -> dict[str, bytes]:
        top = f"{PREFIX}/results/"
        return {
            key.removeprefix(top): body
            for key, body in list(self.service.objects.items())
            if key.startswith(top)
        }

    def log_lines(self) -> list[str]:
        return (self.folder / "logs/trainers/digits/digits-1").read_text().splitlines()

    def console(self) -> str:
        return (self.folder / "console").read_text(errors="replace")

    def calls(self) -> list[str]:
        return list(self.service.journal)

    def writes(self) -> list[str]:
        """Return the names of the files that were written into the job's folder, in this order."""
        top = f"PUT bucket/{PREFIX}/"
        return [call.removeprefix(top) for call in self.calls() if call.startswith(top)]

    def _read_metadata(self, path: str) -> str | None:
        if path == "meta-data/spot/instance-action" and self.is_interrupted:
            return json.dumps({"action": "terminate", "time": "2031-01-01T00:02:00Z"})
        if path == "meta-data/iam/security-credentials/":
            return "trainer" if self.has_role else None
        if path == "meta-data/iam/security-credentials/trainer":
            return json.dumps(
                {
                    "AccessKeyId": "ASIAEXAMPLE",
                    "SecretAccessKey": "secret",
                    "Token": "token",
                    "Expiration": "2040-01-01T00:00:00Z",
                }
            )
        if path != "dynamic/instance-identity/document":
            return None
        launch = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(self.launched_at))
        return json.dumps({"pendingTime": launch})
