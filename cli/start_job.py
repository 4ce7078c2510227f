"""Puts a job's files into the training bucket and starts its execution."""

from __future__ import annotations

import json
import re
import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

    from cli.account import Account
    from cli.job_files import JobFiles
    from parris.payloads import Payload

# An execution's name may have 80 characters; the moment and the random end take 21 of them.
_LONGEST_NAME_PART = 50


@dataclass(frozen=True, slots=True)
class StartedJob:
    """A job that AWS has taken."""

    job_id: str
    execution_arn: str
    started_at: datetime


def start_job(account: Account, files: JobFiles, overrides: Payload, now: datetime) -> StartedJob:
    """Upload config and script, start the execution and return it.

    Args:
        account: where to.
        files: config and script.
        overrides: what `--set` puts over the config.
        now: the moment that goes into the job's id.
    """
    job_id = make_job_id(files.training_job_name, now)
    bucket, folder = account.deployment.bucket, f"uploads/{job_id}"
    config_key = f"{folder}/{files.config.name}"
    account.s3.upload_file(str(files.config), bucket, config_key)
    execution_input: Payload = {**overrides, "config-key": config_key}
    if files.script is not None:
        script_key = f"{folder}/{files.script.name}"
        account.s3.upload_file(str(files.script), bucket, script_key)
        execution_input["training-script-filename"] = script_key
    answer = account.stepfunctions.start_execution(
        stateMachineArn=account.deployment.state_machine_arn,
        name=job_id,
        input=json.dumps(execution_input),
    )
    return StartedJob(job_id, answer["executionArn"], answer["startDate"])


def make_job_id(training_job_name: str, now: datetime) -> str:
    """Return a new job's id: its name as far as it fits, the moment in UTC and four hex digits."""
    return f"{id_prefix(training_job_name)}-{now:%Y%m%dt%H%M%S}-{secrets.token_hex(2)}"


def id_prefix(training_job_name: str) -> str:
    """Return what the ids of a job begin with: its name as far as it fits."""
    return re.sub(r"[^A-Za-z0-9-]", "-", training_job_name)[:_LONGEST_NAME_PART] or "job"
