"""What a team sees of a run: its configs from before the launch, and its record from the end on.

A run has a folder of its own at the location that its config names. Its objects:

    experiment.json    who started what, and when
    job.json           the job's config, after defaults and overrides
    config/<name>      the script config, unchanged
    record.json        the run record
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from parris.job import Job
    from parris.payloads import Payload

EXPERIMENTS = "experiments"
"""The folder of the training bucket where experiments are, unless a config says otherwise."""
EXPERIMENT_FILE, JOB_FILE, RECORD_FILE = "experiment.json", "job.json", "record.json"

_VERSION = 1


def experiment_name(training_job_name: str, job_id: str) -> str:
    """Return the name of a run's folder: its job id, after the job's name if it lacks that."""
    # `parris run` makes ids that begin with the name, cut where it is long.
    head = job_id.rsplit("-", 2)[0]
    has_name = bool(head) and head != job_id and training_job_name.startswith(head)
    return job_id if has_name else f"{training_job_name}-{job_id}"


def experiment_of(job: Job) -> Payload:
    """Return who started what, and when. The record at the end has the same keys."""
    name = job.experiment_uri.rstrip("/").rpartition("/")[2]
    return {
        "experiment_version": _VERSION,
        "experiment": name,
        "experiment_uri": job.experiment_uri,
        "job_id": job.job_id,
        "execution_arn": job.execution_arn,
        "deployment": job.deployment,
        "started_by": job.started_by,
        "submitted_at": job.submitted_at,
        "training_job_name": job.training_job_name,
        "target": job.target,
        "title": job.title,
        "config": job.config,
        "script": None if job.script is None else job.script.to_payload(),
        "code": None if job.code is None else job.code.to_payload(),
        "training_config": None if job.training_config is None else _training_config(job),
    }


def files_before_the_launch(job: Job, training_config: bytes) -> dict[str, bytes]:
    """Return the objects of a run's folder by their names, the script config among them."""
    files = {
        JOB_FILE: json.dumps(job.config, indent=2).encode(),
        EXPERIMENT_FILE: json.dumps(experiment_of(job), indent=2).encode(),
    }
    prefix = job.training_config_prefix_uri
    if prefix is not None and job.training_config is not None:
        folder = prefix.removeprefix(job.experiment_uri)
        files[f"{folder}{job.training_config.filename}"] = training_config
    return files


def experiment_record(job: Job, record: Payload) -> bytes:
    """Return the record that is stored in the run's folder."""
    return json.dumps({**experiment_of(job), **record}, indent=2).encode()


def _training_config(job: Job) -> Payload:
    stored = job.training_config
    if stored is None:
        return {}
    return {
        "filename": stored.filename,
        "sha256": stored.sha256,
        "uri": f"{job.training_config_prefix_uri}{stored.filename}",
    }
