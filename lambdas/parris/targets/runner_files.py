"""The files that a machine fetches when it starts: bootstrap, runner, job.json and the script.

Only that machine can read them, and no machine can write them: docs/decisions/0015 says why.
"""

from __future__ import annotations

import io
import json
import zipfile
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from parris.aws.machine_notes import note_machine, on_noted_machine
from parris.folder import JOB_FILE, MachineFolder
from parris.metric_goal import MetricGoal
from parris.sweeps.trial_goal import rungs_for_runner
from parris.targets.resume import resume_of
from parris.validation.metrics import CLOUDWATCH_KEY

if TYPE_CHECKING:
    from pathlib import Path

    from parris.aws.gateways import Gateways
    from parris.aws.user_files import UserFiles
    from parris.job import Job
    from parris.payloads import Payload
    from parris.settings import Settings

_BOOTSTRAP = "bootstrap.sh"
RUNNER_ARCHIVE = "runner.zip"
STOP_REQUEST = "stop.json"
"""As runner_stop_request.py calls it too."""
CODE_ARCHIVE = "code.tar.gz"
"""As runner_job.py calls it too."""
TRAINING_CONFIG_FOLDER = "training-config"
"""As runner_check.py calls it too."""
_EARLIEST_ZIP_DATE = (1980, 1, 1, 0, 0, 0)


@dataclass(frozen=True, slots=True)
class MachineFacts:
    """Facts about a machine that its target knows, for the runner's files.

    `user_id` identifies the machine to IAM: the `aws:userid` of its role's session. `environment`
    has variables for the script, and `keys` are the target's own keys of job.json. A machine with
    a system of its own `has_bootstrap`, which sets up a service; it waits for that file. A
    container waits for the runner's archive.
    """

    machine_id: str
    user_id: str
    environment: Payload = field(default_factory=dict)
    keys: Payload = field(default_factory=dict)
    has_bootstrap: bool = True


def write_machine_files(aws: Gateways, settings: Settings, job: Job, facts: MachineFacts) -> str:
    """Write the machine's files and return the prefix that it writes to. Safe to repeat.

    Args:
        aws: the deployment's bucket and the user's files.
        settings: the settings of the deployment.
        job: the job.
        facts: the target's facts about the machine.

    Raises:
        ConfigInvalidError: if the script or the code changed after validation.
    """
    place = MachineFolder(facts.user_id)
    described = job_for_runner(job.on_machine(place.prefix), settings, facts)
    described["resume"] = resume_of(aws, job)
    files = _machine_files(job, settings, aws.user_files, described, facts)
    # Recorded before the machine can start, so that the end of the job finds what it has written.
    note_machine(job, facts.machine_id, place.prefix, aws.bucket)
    if job.code is not None:
        aws.code_archives.copy(job.code, place.steering_key(CODE_ARCHIVE))
    # The machine waits for one of them, and fetches the others when it is there.
    awaited = _BOOTSTRAP if facts.has_bootstrap else RUNNER_ARCHIVE
    for name in sorted(files, key=lambda name: (name == awaited, name)):
        aws.bucket.write(place.steering_key(name), files[name])
    return place.prefix


def request_stop(aws: Gateways, job: Job) -> None:
    """Ask the job's runner to stop the script and to save, where nothing else can in time."""
    noted = on_noted_machine(job, aws.bucket)
    place = MachineFolder(noted.machine_prefix.partition("/")[2])
    aws.bucket.write(place.steering_key(STOP_REQUEST), b"{}")


def _machine_files(
    job: Job, settings: Settings, scripts: UserFiles, described: Payload, facts: MachineFacts
) -> dict[str, bytes]:
    packaged = settings.layers_root / "runner"
    files = {RUNNER_ARCHIVE: runner_archive(packaged)}
    if facts.has_bootstrap:
        files[_BOOTSTRAP] = (packaged / _BOOTSTRAP).read_bytes()
    files[job.required_script.filename] = scripts.read(job.required_script)
    if job.training_config is not None:
        name = f"{TRAINING_CONFIG_FOLDER}/{job.training_config.filename}"
        files[name] = scripts.read(job.training_config)
    files[JOB_FILE] = json.dumps(described, indent=2).encode()
    return files


def runner_archive(*folders: Path) -> bytes:
    """Return the modules of folders as one ZIP archive, the same bytes for the same modules.

    One object instead of thirty: a launch then needs three S3 requests for the runner, not 60.
    """
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(path for folder in folders for path in folder.glob("*.py")):
            archive.writestr(zipfile.ZipInfo(path.name, _EARLIEST_ZIP_DATE), path.read_bytes())
    return content.getvalue()


def job_for_runner(job: Job, settings: Settings, facts: MachineFacts) -> Payload:
    """Return the content of job.json without `resume`; docs/bootstrap-contract.md describes it."""
    limits, script = job.machine_limits, job.required_script
    goal = MetricGoal.from_payload(job.metric_goal)
    return {
        "job_id": job.job_id,
        "attempt": job.attempt_number,
        "training_job_name": job.training_job_name,
        "execution_arn": job.execution_arn,
        "bucket": job.bucket,
        "prefix": job.folder.output_prefix,
        "region": settings.region,
        "script": {"filename": script.filename, "sha256": script.sha256},
        "code": (
            None
            if job.code is None
            else {"sha256": job.code.sha256, "script_folder": job.script_folder}
        ),
        "training_config": (
            None
            if job.training_config is None
            else {
                "filename": job.training_config.filename,
                "sha256": job.training_config.sha256,
            }
        ),
        "environment": {**job.environment, **facts.environment},
        "hyperparameters": job.hyperparameters,
        "metrics": job.metrics,
        "rungs": rungs_for_runner(job.sweep_goal),
        "metric_goal": None if goal is None else goal.for_runner(),
        "no_progress": job.no_progress or None,
        "cloudwatch_metrics": job.config.get(CLOUDWATCH_KEY) is True,
        "input_data": list(job.input_data),
        "save_grace_seconds": limits.save_grace_seconds,
        "limits": {
            "time_limit_seconds": limits.time_limit_seconds,
            "clock_limit_seconds": limits.clock_limit_seconds,
            "cost_limit_seconds": limits.cost_limit_seconds,
            "ends_at_seconds": limits.ends_at_seconds(),
            "gone_at_seconds": limits.earliest_seconds(),
        },
        "sync_interval_seconds": job.sync_interval_seconds,
        "termination_limit_minutes": (limits.runtime_limit_seconds or limits.longest_seconds) // 60,
        "log_group": settings.trainer_log_group,
        "log_stream": job.log_stream,
        "boot_timeout_seconds": job.boot_timeout_seconds,
        "silence_timeout_seconds": job.silence_timeout_seconds,
        **facts.keys,
    }
