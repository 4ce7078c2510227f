"""Writes the record of a sweep and its best config to the bucket, and closes a settled sweep."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from parris.payloads import Payload
from parris.sweeps.config import SweepConfig
from parris.sweeps.folder import SweepFolder
from parris.sweeps.record import (
    best_config,
    best_trial,
    end_of_sweep,
    prefixes_to_delete,
    sweep_record,
)
from parris.timestamps import format_timestamp

if TYPE_CHECKING:
    from datetime import datetime

    from parris.aws.gateways import Gateways
    from parris.sweeps.sweep import Sweep


def config_of(sweep: Sweep, aws: Gateways) -> SweepConfig:
    """Return the config of a sweep that has begun."""
    return SweepConfig.from_payload(stored_config(sweep, aws))


def stored_config(sweep: Sweep, aws: Gateways) -> Payload:
    """Return the config of a sweep that has begun, as ValidateSweep has stored it.

    Raises:
        KeyError: if somebody has deleted it.
    """
    config = aws.bucket.read_json(sweep.config_key)
    if config is None:
        raise KeyError(f"s3://{aws.bucket.name}/{sweep.config_key} is missing")
    return config


def folder_of(sweep: Sweep, aws: Gateways) -> SweepFolder:
    """Return the folder of a sweep."""
    return SweepFolder(aws.bucket.name, sweep.sweep_name, sweep.sweep_id)


def store_record(sweep: Sweep, now: datetime, aws: Gateways) -> Payload:
    """Write the record and the best config, and close the sweep if all runs are settled.

    Then the results that `keep-best` does not keep are deleted, too.

    Returns:
        The record.
    """
    stored, folder = stored_config(sweep, aws), folder_of(sweep, aws)
    config = SweepConfig.from_payload(stored)
    trials = aws.sweeps_table.trials(sweep.sweep_id)
    record = sweep_record(sweep, stored, trials, end_of_sweep(sweep, trials)[0])
    best = best_trial(trials, config.goal)
    if best is not None:
        text = json.dumps(best_config(config, sweep, best), indent=2)
        aws.bucket.write(folder.best_config_key, text.encode())
    aws.bucket.write(folder.record_key, json.dumps(record, indent=2).encode())
    if not any(trial.is_reserved for trial in trials):
        if config.keep_best is not None:
            # Before it is closed, so that a retry deletes what is left.
            for prefix in prefixes_to_delete(trials, config.goal, config.keep_best, folder.bucket):
                aws.bucket.delete_below(prefix)
        aws.sweeps_table.close(sweep.sweep_id, format_timestamp(now))
    return record
