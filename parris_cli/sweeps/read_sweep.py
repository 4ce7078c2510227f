"""Reads a sweep of a deployment: from its table while it runs, from its record afterwards."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from parris.aws.sweeps_table import SweepsTable
from parris.aws.translate_errors import code_of
from parris.error_text import message_in
from parris.sweeps.config import SweepConfig
from parris.sweeps.folder import SWEEPS, SweepFolder
from parris.sweeps.record import RUNNING, best_config, best_trial, sweep_record
from parris.sweeps.trial import TrialStatus
from parris_cli.errors import RefusedError

if TYPE_CHECKING:
    from parris.payloads import Payload
    from parris.sweeps.sweep import Sweep
    from parris_cli.account.clients import Account

_NO_SUCH_KEY = "NoSuchKey"
_UNKNOWN_EXECUTION = ("ExecutionDoesNotExist", "InvalidArn", "ValidationException")


class SweepReader:
    """The sweeps of one deployment.

    Raises:
        RefusedError: if the deployment has none, since it is of an earlier version.
    """

    def __init__(self, account: Account) -> None:
        self._account = account
        deployment = account.deployment
        if not deployment.sweeps_table:
            raise RefusedError(
                f"the deployment {deployment.name} has no sweeps; update it: parris deploy",
                reason=None,
            )
        self._table = SweepsTable(account.client("dynamodb"), deployment.sweeps_table)
        self._configs: dict[str, Payload] = {}

    def find(self, sweep: str) -> Sweep:
        """Return a sweep: by its id, its execution ARN, or the newest with that name.

        Raises:
            RefusedError: when there is none.
        """
        sweep_id = sweep.rpartition(":")[2]
        if not sweep_id:
            raise RefusedError("the name of the sweep is empty")
        found = self._table.find(sweep_id)
        if found is None:
            ids = self._ids_of(sweep)
            found = self._table.find(ids[-1]) if ids else None
        if found is None:
            self._refuse_unbegun(sweep_id)
            alive = ", ".join(sorted(self._table.open_sweeps()))
            else_ = f"running sweeps: {alive}" if alive else "no sweep is running either"
            raise RefusedError(f"there is no sweep named {sweep}, and none with that id; {else_}")
        return found

    def record(self, sweep_id: str) -> Payload | None:
        """Return what is known of a sweep, as a record; None before ValidateSweep has begun it."""
        sweep = self._table.find(sweep_id)
        if sweep is None:
            return None
        folder = SweepFolder(self._account.deployment.bucket, sweep.sweep_name, sweep_id)
        if sweep.closed_at is not None:
            return self.read(folder.record_key)
        trials = self._table.trials(sweep_id)
        if sweep.unconfirmed_usd and not any(one.status is TrialStatus.RUNNING for one in trials):
            # It stays open, perhaps for ever: it is over if its record is written.
            written = self._find(folder.record_key)
            if written is not None:
                return written
        return sweep_record(sweep, self._config_of(sweep), trials, RUNNING)

    def best_config(self, sweep_id: str) -> Payload | None:
        """Return the training config of the best trial, None as long as no trial has a value."""
        sweep = self._table.find(sweep_id)
        if sweep is None:
            return None
        config = SweepConfig.from_payload(self._config_of(sweep))
        best = best_trial(self._table.trials(sweep_id), config.goal)
        return None if best is None else best_config(config, sweep, best)

    def read(self, key: str) -> Payload:
        """Return a JSON object of the training bucket."""
        bucket = self._account.deployment.bucket
        body = self._account.s3.get_object(Bucket=bucket, Key=key)["Body"].read()
        found: Payload = json.loads(body)
        return found

    def _find(self, key: str) -> Payload | None:
        try:
            return self.read(key)
        except ClientError as err:
            if code_of(err) == _NO_SUCH_KEY:
                return None
            raise

    def _config_of(self, sweep: Sweep) -> Payload:
        """Return the config of a sweep, which never changes."""
        if sweep.sweep_id not in self._configs:
            self._configs[sweep.sweep_id] = self.read(sweep.config_key)
        return self._configs[sweep.sweep_id]

    def _refuse_unbegun(self, sweep_id: str) -> None:
        """Refuse a sweep of which there is only an execution, because it has not begun.

        Raises:
            RefusedError: if there is one.
        """
        machine_arn = self._account.deployment.sweep_machine_arn
        arn = f"{machine_arn.replace(':stateMachine:', ':execution:')}:{sweep_id}"
        try:
            execution = self._account.stepfunctions.describe_execution(executionArn=arn)
        except ClientError as err:
            if code_of(err) in _UNKNOWN_EXECUTION:
                return
            raise
        if execution["status"] == "RUNNING":
            raise RefusedError(
                f"the sweep {sweep_id} is still being checked; try again in a few seconds",
                reason=None,
            )
        cause = message_in(execution.get("cause") or execution["status"])
        raise RefusedError(f"the sweep {sweep_id} was rejected: {cause}")

    def _ids_of(self, name: str) -> list[str]:
        """Return the ids of the sweeps of a name, the newest last."""
        pages = self._account.s3.get_paginator("list_objects_v2").paginate(
            Bucket=self._account.deployment.bucket, Prefix=f"{SWEEPS}/{name}/", Delimiter="/"
        )
        ids = [
            one["Prefix"].split("/")[-2] for page in pages for one in page.get("CommonPrefixes", [])
        ]
        return sorted(ids, key=lambda sweep_id: sweep_id.rsplit("-", 2)[1:])
