"""Uploads a job's files to the training bucket and starts its execution."""

from __future__ import annotations

import json
import re
import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING

from parris.folder import UPLOADS
from parris.sweeps.names import TRIAL_KEY
from parris.sweeps.trial_goal import GOAL_KEY
from parris.validation.experiments import TRAINING_CONFIG_KEY
from parris.validation.merge_configs import CONFIG_KEY, merge_configs
from parris.validation.semantics import NAME_KEY, SCRIPT_KEY
from parris_cli.starting.starter import STARTED_BY_KEY, starter_of

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from parris.payloads import Payload
    from parris_cli.account.clients import Account
    from parris_cli.starting.job_files import JobFiles

# An execution's name may have 80 characters; the timestamp and the random suffix take 21.
_LONGEST_NAME_PART = 50
# The next run is another person's, and no trial of a sweep.
_OF_ONE_RUN = frozenset({STARTED_BY_KEY, TRIAL_KEY, GOAL_KEY})
_ID = re.compile(r"(.+)-\d{8}t\d{6}-[0-9a-f]{4}")


@dataclass(frozen=True, slots=True)
class StartedJob:
    """A job that AWS has accepted."""

    job_id: str
    execution_arn: str
    started_at: datetime


@dataclass(frozen=True, slots=True)
class PreparedJob:
    """A job whose files are in the training bucket, ready to be started."""

    job_id: str
    execution_arn: str
    execution_input: Payload


def start_job(account: Account, files: JobFiles, now: datetime) -> StartedJob:
    """Upload config and script, start the execution and return it.

    Args:
        account: the account to start it in.
        files: config and script.
        now: the timestamp for the job id.
    """
    return start_prepared(account, prepare_job(account, files, now))


def prepare_job(account: Account, files: JobFiles, now: datetime) -> PreparedJob:
    """Upload config and script without starting anything. Arguments are those of `start_job`."""
    job_id = make_job_id(files.training_job_name, now)
    folder = f"{UPLOADS}/{job_id}"
    # A deployment reads JSON only, whatever the config was written in.
    config_key = f"{folder}/{files.source.stem}.json"
    execution_input = {**files.overrides, **_upload_config(account, files.config, config_key)}
    if STARTED_BY_KEY not in files.merged:
        execution_input[STARTED_BY_KEY] = starter_of(account)
    execution_input |= upload_files(account, files, folder)
    return PreparedJob(job_id, execution_arn_of(account, job_id), execution_input)


def prepare_again(
    account: Account, config: Payload, overrides: Payload, now: datetime
) -> PreparedJob:
    """Prepare a job from the config of an earlier run, whose files are in the bucket.

    Args:
        account: the account to start it in.
        config: the whole config of that run, as its record has it.
        overrides: what goes over it.
        now: the timestamp for the job id.
    """
    name = merge_configs(config, overrides).get(NAME_KEY)
    job_id = make_job_id(name if isinstance(name, str) else "", now)
    own = {key: value for key, value in config.items() if key not in _OF_ONE_RUN}
    execution_input = {
        **overrides,
        **_upload_config(account, own, f"{UPLOADS}/{job_id}/config.json"),
        STARTED_BY_KEY: starter_of(account),
    }
    return PreparedJob(job_id, execution_arn_of(account, job_id), execution_input)


def execution_arn_of(account: Account, job_id: str) -> str:
    """Return the ARN of the execution that a job with that id has."""
    machine_arn = account.deployment.state_machine_arn
    return f"{machine_arn.replace(':stateMachine:', ':execution:')}:{job_id}"


def _upload_config(account: Account, config: Payload, key: str) -> Payload:
    """Upload a config, and return what the execution's input says of it."""
    body = json.dumps(config, indent=2).encode()
    account.s3.put_object(Bucket=account.deployment.bucket, Key=key, Body=body)
    return {CONFIG_KEY: key}


def upload_files(account: Account, files: JobFiles, folder: str) -> Payload:
    """Upload what the config names, and return the keys of the config that say where it is.

    Args:
        account: the account to upload it to.
        files: config and script.
        folder: the folder in the training bucket, without a trailing slash.
    """
    uploaded: Payload = {}
    if files.script is not None:
        uploaded[SCRIPT_KEY] = upload(account, files.script, folder)
    if files.training_config is not None:
        # In a folder of its own: it may have the name of the config.
        key = upload(account, files.training_config, f"{folder}/config")
        uploaded[TRAINING_CONFIG_KEY] = key
    return uploaded | files.local.upload(account)


def start_prepared(account: Account, job: PreparedJob) -> StartedJob:
    """Start the execution of a job whose files are in the bucket.

    Starting it again, under the same name and with the same input, changes nothing.
    """
    response = account.stepfunctions.start_execution(
        stateMachineArn=account.deployment.state_machine_arn,
        name=job.job_id,
        input=json.dumps(job.execution_input),
    )
    return StartedJob(job.job_id, response["executionArn"], response["startDate"])


def upload(account: Account, file: Path, folder: str) -> str:
    """Upload a file into a folder of the training bucket, and return its key."""
    key = f"{folder}/{file.name}"
    with file.open("rb") as body:
        account.s3.put_object(Bucket=account.deployment.bucket, Key=key, Body=body)
    return key


def make_job_id(training_job_name: str, now: datetime) -> str:
    """Return a new job id: its name, cut to fit, the timestamp in UTC and four hex digits."""
    return f"{id_prefix(training_job_name)}-{now:%Y%m%dt%H%M%S}-{secrets.token_hex(2)}"


def id_prefix(training_job_name: str) -> str:
    """Return the prefix of a job's ids: its name, cut to fit."""
    return re.sub(r"[^A-Za-z0-9-]", "-", training_job_name)[:_LONGEST_NAME_PART] or "job"


def name_in_id(job_id: str) -> str | None:
    """Return the job's name at the start of an id made here; None if it may be cut off."""
    found = _ID.fullmatch(job_id)
    return found[1] if found and len(found[1]) < _LONGEST_NAME_PART else None
