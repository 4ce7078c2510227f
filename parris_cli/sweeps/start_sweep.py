"""Uploads a sweep's files to the training bucket and starts its execution."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from parris.folder import UPLOADS
from parris_cli.aws_errors import AWS_ERRORS, describe_error
from parris_cli.errors import RefusedError
from parris_cli.starting.start_job import make_job_id, upload, upload_files
from parris_cli.starting.starter import STARTED_BY_KEY, starter_of
from parris_cli.sweeps.sweep_files import LIST_KEY, NAME_KEY, SEARCH_KEY, TRAINING_KEY

if TYPE_CHECKING:
    from parris.payloads import Payload
    from parris_cli.account.clients import Account
    from parris_cli.sweeps.sweep_files import SweepFiles
    from parris_cli.terminal.interrupts import Interrupts


@dataclass(frozen=True, slots=True)
class StartedSweep:
    """A sweep that AWS has accepted. `sweep_id` is the name of its execution."""

    sweep_id: str
    execution_arn: str


def start_sweep(account: Account, files: SweepFiles, interrupts: Interrupts) -> StartedSweep:
    """Upload the files of a sweep, start it and return it.

    Raises:
        RefusedError: when it was not started.
        InterruptedByUserError: before anything was started.
    """
    if not account.deployment.sweep_machine_arn:
        raise RefusedError(
            f"the deployment {account.deployment.name} has no sweeps; update it: parris deploy",
            reason=None,
        )
    sweep_id = make_job_id(files.sweep_name, datetime.now(UTC))
    try:
        with interrupts.at_once():
            key = upload_sweep(account, files, sweep_id)
        with interrupts.held():
            return start_uploaded(account, sweep_id, key)
    except (*AWS_ERRORS, OSError) as err:
        raise RefusedError(f"AWS did not start it: {describe_error(err)}", reason=None) from err


def start_uploaded(account: Account, sweep_id: str, config_key: str) -> StartedSweep:
    """Start a sweep whose files are in the bucket."""
    response = account.stepfunctions.start_execution(
        stateMachineArn=account.deployment.sweep_machine_arn,
        name=sweep_id,
        input=json.dumps({"config-key": config_key}),
    )
    return StartedSweep(sweep_id, response["executionArn"])


def upload_sweep(account: Account, files: SweepFiles, sweep_id: str) -> str:
    """Upload everything that a sweep needs, and return the key of its config."""
    folder = f"{UPLOADS}/{sweep_id}"
    training = {**files.training.merged, **upload_files(account, files.training, folder)}
    training.setdefault(STARTED_BY_KEY, starter_of(account))
    config: Payload = {NAME_KEY: files.sweep_name, **files.config, TRAINING_KEY: training}
    if files.trials is not None:
        # In a folder of its own: it may have the name of the config.
        place = f"{folder}/trials"
        search = files.config[SEARCH_KEY]
        assert isinstance(search, dict)
        config[SEARCH_KEY] = {**search, LIST_KEY: upload(account, files.trials, place)}
    key = f"{folder}/sweep.json"
    body = json.dumps(config, indent=2).encode()
    account.s3.put_object(Bucket=account.deployment.bucket, Key=key, Body=body)
    return key
