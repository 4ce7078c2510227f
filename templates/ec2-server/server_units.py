"""The systemd units of a job: one that runs it as a Unix user of its own, and its timer.

Every user can read the files of units, so that they contain no secrets.
"""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

from server_folders import JOBS_FOLDER
from server_job import ServerJob
from server_state import ServerState

JOB, TIMER, TIMER_SERVICE = (
    "parris-job.service",
    "parris-deadline.timer",
    "parris-deadline.service",
)
_UPLOAD_SECONDS = 300  # after the script has ended; the same value is in runner_stop.py
_COMMAND_SECONDS = 60.0


class UnitError(Exception):
    """systemd has refused a command."""


class JobUnits:
    """Starts and ends the units of the current job.

    Args:
        state: the files of the service.
        bucket: the training bucket.
        region: its Region.
        root: replaces "/" in a simulated machine.
    """

    def __init__(self, state: ServerState, bucket: str, region: str, root: Path) -> None:
        """Change nothing yet."""
        self._state = state
        self._bucket = bucket
        self._region = region
        self._units = root / "etc/systemd/system"

    def arm_timer(self, job: ServerJob, at: float) -> None:
        """Set the timer, which needs neither this service, nor network or credentials.

        It is not enabled: a server that a person starts later must not be stopped for an old job.
        After a restart of the server the service sets it again, before anything else.

        Raises:
            OSError, UnitError: if that fails. Then nothing of the job may start.
        """
        how = "poweroff" if job.is_server_to_stop else f"stop {JOB}"
        marker = _quoted(str(self._state.deadline_marker))
        self._write(
            TIMER_SERVICE,
            "[Unit]\nDescription=Ends the training job at its last deadline\n"
            f"[Service]\nType=oneshot\nExecStart=touch {marker}\nExecStart=systemctl {how}\n",
        )
        self._write(
            TIMER,
            "[Unit]\nDescription=The training job's last deadline\n"
            f"[Timer]\nOnCalendar=@{int(at)}\nAccuracySec=1s\n",
        )
        systemctl("daemon-reload")
        systemctl("restart", TIMER)

    def is_timer_armed(self) -> bool:
        """Return whether the timer waits."""
        return is_active(TIMER)

    def disarm_timer(self) -> None:
        """Stop the timer, and remove its units.

        Raises:
            OSError, UnitError: if that fails.
        """
        if is_active(TIMER):
            systemctl("stop", TIMER)
        self._remove(TIMER, TIMER_SERVICE)

    def start_job(self, job: ServerJob, variables: dict[str, str]) -> None:
        """Start the runner as the job's user, who cannot reach the server's credentials.

        Raises:
            OSError, UnitError: if that fails.
        """
        lines = [f"{name}={value}" for name, value in variables.items()]
        self._state.write_private(self._state.environment_file, "\n".join(lines) + "\n")
        self._write(JOB, self._describe_job(job))
        systemctl("daemon-reload")
        systemctl("start", "--no-block", JOB)

    def is_job_active(self) -> bool:
        """Return whether something of the job runs."""
        return is_active(JOB)

    def kill_job(self) -> None:
        """End all processes of the job at once.

        Raises:
            UnitError: if that fails.
        """
        if is_active(JOB):
            systemctl("kill", "--signal=SIGKILL", JOB)
            systemctl("stop", JOB)

    def remove(self, job: ServerJob) -> None:
        """Remove the units of a job that is over, and disarm its timer.

        A timer that switches the server off stays: it does so if nobody else can, unless the next
        job sets it. The restart by a person disarms it.

        Raises:
            OSError, UnitError: if that fails.
        """
        self._remove(JOB)
        if not job.is_server_to_stop:
            self.disarm_timer()

    def _describe_job(self, job: ServerJob) -> str:
        runner = _quoted(str(self._state.runner / "runner_server.py"))
        environment_file = str(self._state.environment_file).replace("%", "%%")
        return f"""[Unit]
Description=Runs a training job and saves its results
# So that the job still has credentials while it saves at a shutdown.
After=parris-server.service

[Service]
Type=simple
# A user of its own, without root's rights, whose files no other user can read.
DynamicUser=yes
StateDirectory={JOBS_FOLDER}/{job.machine_id}
StateDirectoryMode=0700
# The rights of the server, as which a job could take over those of others.
IPAddressDeny=169.254.169.254 fd00:ec2::254
ExecStart=python3 {runner} {self._bucket} {self._region} {job.user_id}
EnvironmentFile={environment_file}
StandardOutput=journal
StandardError=journal
# When memory runs out, the script is killed and the runner reports it.
OOMPolicy=continue
OOMScoreAdjust=-500
# Only the runner receives SIGTERM. It stops the script, waits, uploads, and then ends.
KillMode=mixed
TimeoutStopSec={job.save_grace_seconds + _UPLOAD_SECONDS}
"""

    def _remove(self, *names: str) -> None:
        for name in names:
            (self._units / name).unlink(missing_ok=True)
        systemctl("daemon-reload")

    def _write(self, name: str, text: str) -> None:
        self._units.mkdir(parents=True, exist_ok=True)
        (self._units / name).write_text(text, encoding="utf-8")


def systemctl(*arguments: str) -> None:
    """Run a command of systemd.

    Raises:
        UnitError: if it fails.
    """
    done = subprocess.run(
        ["systemctl", *arguments],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=_COMMAND_SECONDS,
        check=False,
    )
    if done.returncode:
        words = " ".join(arguments)
        raise UnitError(f"`systemctl {words}` has failed: {done.stderr.strip()[-300:]}")


def is_active(unit: str) -> bool:
    """Return whether a unit runs, waits, starts or stops."""
    done = subprocess.run(
        ["systemctl", "is-active", unit],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=_COMMAND_SECONDS,
        check=False,
    )
    return done.stdout.strip() not in ("inactive", "failed", "unknown")


def default_root() -> Path:
    """Return "/", or the folder that stands for it in a simulated machine."""
    return Path(os.environ.get("INSTANCE_ROOT") or "/")


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("%", "%%")
    return f'"{escaped}"'
