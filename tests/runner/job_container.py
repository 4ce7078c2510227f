"""Runs the real bootstrap and runner of a container as processes against an AWS of their own."""

import hashlib
import json
import shutil
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from embedded_aws.processes import find_marked, send
from parris.targets.batch.request import BOOTSTRAP_VARIABLE, START
from parris.targets.runner_files import runner_archive
from tests.runner.fake_service import USER_ID, FakeService
from tests.runner.trainer import MACHINE_FILES, Trainer

BOOTSTRAP = MACHINE_FILES.parent / "batch" / "bootstrap.py"
STEERING, MACHINE = f"steering/{USER_ID}", f"machines/{USER_ID}"
_PROGRAMS = ("sh", "bash", "env", "sleep", "cat", "rm", "mkdir")
_CREDENTIALS = {
    "AccessKeyId": "ASIAEXAMPLE",
    "SecretAccessKey": "secret",
    "Token": "token",
    "Expiration": "2040-01-01T00:00:00Z",
}


@dataclass
class JobContainer:
    """A container with /bin/sh and python3, and nothing else: no `aws`, no service manager."""

    folder: Path
    job: dict[str, Any] = field(default_factory=dict)
    variables: dict[str, str] = field(default_factory=dict)
    process: subprocess.Popen[bytes] | None = None
    service: FakeService = field(init=False)

    def __post_init__(self) -> None:
        described = Trainer(self.folder / "described")
        described.service.close()
        self.job = {**described.job, "prefix": MACHINE}
        self.service = FakeService(self.folder)
        programs = self.folder / "programs"
        programs.mkdir()
        for name in _PROGRAMS:
            (programs / name).symlink_to(shutil.which(name) or name)
        (programs / "python3").symlink_to(sys.executable)
        (self.folder / "tmp").mkdir()

    def put_files(self, script: str, sha256: str = "") -> None:
        """Write what WaitForRunning writes, the runner's archive last."""
        body = script.encode()
        digest = sha256 or hashlib.sha256(body).hexdigest()
        self.job["script"] = {"filename": "train.sh", "sha256": digest}
        objects = self.service.objects
        objects[f"{STEERING}/train.sh"] = body
        objects[f"{STEERING}/job.json"] = json.dumps(self.job).encode()
        objects[f"{STEERING}/runner.zip"] = _with_quick_polls(self.folder)

    def start(self, timeout_seconds: int = 60) -> None:
        """Start the command that the job definition of a run has."""
        environment = {
            "PATH": str(self.folder / "programs"),
            "TMPDIR": str(self.folder / "tmp"),
            "AWS_ENDPOINT_URL": self.service.url,
            "AWS_CONTAINER_CREDENTIALS_FULL_URI": f"{self.service.url}/bucket/credentials",
            "AWS_CONTAINER_AUTHORIZATION_TOKEN": "token-of-the-task",
            "PYTHONDONTWRITEBYTECODE": "1",
            BOOTSTRAP_VARIABLE: BOOTSTRAP.read_text(),
            **self.variables,
        }
        self.service.objects["credentials"] = json.dumps(_CREDENTIALS).encode()
        command = ["/bin/sh", "-c", START, "parris", "bucket", "us-east-1", str(timeout_seconds)]
        with (self.folder / "console").open("ab") as console:
            self.process = subprocess.Popen(
                command, env=environment, stdout=console, stderr=console, cwd=self.folder
            )

    def finish(self, timeout_seconds: float = 60) -> int:
        assert self.process is not None
        return self.process.wait(timeout_seconds)

    def report(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.service.objects[f"{MACHINE}/exit.json"])
        return found

    def console(self) -> str:
        return (self.folder / "console").read_text(errors="replace")

    def close(self) -> None:
        if self.process is not None and self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        for pid in find_marked(str(self.folder / "tmp"), "TMPDIR"):
            send(pid, 9)
        self.service.close()


def _with_quick_polls(folder: Path) -> bytes:
    """Return the archive of the runner, which here asks for a stop request more often."""
    copy = folder / "runner"
    if not copy.exists():
        shutil.copytree(MACHINE_FILES, copy, ignore=shutil.ignore_patterns("__pycache__"))
        watch = copy / "runner_stop_request.py"
        text = watch.read_text()
        assert "_POLL_SECONDS = 10.0" in text
        watch.write_text(text.replace("_POLL_SECONDS = 10.0", "_POLL_SECONDS = 0.1"))
    return runner_archive(copy)
