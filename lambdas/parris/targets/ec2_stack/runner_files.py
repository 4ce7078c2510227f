"""The files that an instance fetches when it boots: bootstrap, runner, job.json and the script."""

from __future__ import annotations

import io
import json
import zipfile
from typing import TYPE_CHECKING

from parris.limits import LONGEST_JOB_SECONDS
from parris.targets.ec2_stack.instance_types import accelerator_of
from parris.targets.ec2_stack.spec import spec_of

if TYPE_CHECKING:
    from pathlib import Path

    from parris.aws.user_files import UserFiles
    from parris.job import Job
    from parris.payloads import Payload
    from parris.settings import Settings


BOOTSTRAP = "bootstrap.sh"
RUNNER_ARCHIVE = "runner.zip"
_EARLIEST_ZIP_DATE = (1980, 1, 1, 0, 0, 0)


def machine_files(job: Job, settings: Settings, scripts: UserFiles) -> dict[str, bytes]:
    """Return the files by their names.

    Args:
        job: on the machine that they are for.
        settings: of the deployment.
        scripts: where the script comes from.

    Raises:
        ConfigInvalidError: when the script is no longer what was validated.
    """
    packaged = settings.layers_root / "runner"
    files = {
        BOOTSTRAP: (packaged / BOOTSTRAP).read_bytes(),
        RUNNER_ARCHIVE: runner_archive(packaged),
    }
    files[job.script.filename] = scripts.read(job.script)
    files["job.json"] = json.dumps(_job_for_runner(job, settings), indent=2).encode()
    return files


def runner_archive(folder: Path) -> bytes:
    """Return the runner's modules as one ZIP archive, the same bytes for the same modules.

    One object in place of thirty: a launch then costs three requests of S3 for the runner, not 60.
    """
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(folder.glob("*.py")):
            archive.writestr(zipfile.ZipInfo(path.name, _EARLIEST_ZIP_DATE), path.read_bytes())
    return content.getvalue()


def _job_for_runner(job: Job, settings: Settings) -> Payload:
    limits = job.machine_limits
    return {
        "job_id": job.job_id,
        "training_job_name": job.training_job_name,
        "execution_arn": job.execution_arn,
        "bucket": job.bucket,
        "prefix": job.folder.output_prefix,
        "region": settings.region,
        "script": {"filename": job.script.filename, "sha256": job.script.sha256},
        "environment": {**job.environment, **_machine_environment(job)},
        "hyperparameters": job.hyperparameters,
        "input_data": list(job.input_data),
        "save_grace_seconds": limits.save_grace_seconds,
        "limits": {
            "time_limit_seconds": limits.time_limit_seconds,
            "cost_limit_seconds": limits.cost_limit_seconds,
            "ends_at_seconds": limits.ends_at_seconds(),
            "gone_at_seconds": limits.earliest_seconds(),
        },
        "sync_interval_seconds": job.sync_interval_seconds,
        "termination_limit_minutes": (limits.time_limit_seconds or LONGEST_JOB_SECONDS) // 60,
        "log_group": settings.trainer_log_group,
        "log_stream": job.log_stream,
        "is_spot": spec_of(job).is_spot,
        "boot_timeout_seconds": job.boot_timeout_seconds,
        "silence_timeout_seconds": job.silence_timeout_seconds,
    }


def _machine_environment(job: Job) -> Payload:
    """Return what the script is told of its machine."""
    instance_type = spec_of(job).instance_type
    return {
        "PARRIS_INSTANCE_TYPE": instance_type,
        "PARRIS_ACCELERATOR": accelerator_of(instance_type),
    }
