"""Rehearses a sweep and measures what its orchestration takes."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from embedded_aws.metering.meter import STATE_MACHINE, Meter, meter_of
from embedded_aws.metering.usage import Mark, mark
from parris_cli.rehearsal.sweeps.options import SweepRehearsalOptions
from parris_cli.rehearsal.sweeps.report_rehearsal import is_kept, is_valid, largest_difference
from parris_cli.rehearsal.sweeps.run_sweep_rehearsal import rehearse_sweep_once
from parris_cli.sweeps.sweep_files import find_sweep_files

if TYPE_CHECKING:
    from pathlib import Path

    from parris_cli.rehearsal.run_rehearsal import VirtualDeployment
    from parris_cli.rehearsal.sweeps.reduced_run import ReducedForm
    from parris_cli.sweeps.sweep_files import SweepFiles
    from parris_cli.terminal.screen import Screen

MAX_PARALLEL, FULL_TRIALS = 20, 20
SHORTEST, LONGEST = timedelta(minutes=10), timedelta(minutes=40)
_RESERVE_OR_SETTLE = "TransactWriteItems"


@dataclass(frozen=True, slots=True)
class SweepFigures:
    """What a sweep took. Counts are of the sweep and of the training workflow of all trials.

    The `most_..._per_second` count what has the same second of the virtual clock, in the sweep's
    own workflow and in the full trials.
    """

    trials: int
    full_trials: int
    hours: float
    history_events: int
    transitions: int
    invocations: int
    api_calls: int
    usd: Decimal
    write_units: int
    most_calls_per_second: int
    most_starts_per_second: int
    most_transactions_per_second: int
    most_invocations_per_second: int
    trials_file_bytes: int
    cost_difference: Decimal
    is_budget_kept: bool
    is_valid: bool
    engine_seconds: float


def sweep_options(source: Path) -> SweepRehearsalOptions:
    """Return the options of all sweeps of the benchmark."""
    return SweepRehearsalOptions(
        source, SHORTEST, LONGEST, failing_share=0.05, full_trials=FULL_TRIALS
    )


def sweep_files(folder: Path, trials: int) -> SweepFiles:
    """Write the config of a sweep, and return its files."""
    (folder / "train.sh").write_text("exit 0\n")
    config = {
        "sweep-name": "bench",
        "training": {
            "training-script-filename": "train.sh",
            "instance-type": "c5.large",
            "termination-method": "at-fixed-time",
            "termination-options": {"time-limit": "1h"},
        },
        "parameters": {
            "rate": {"type": "float", "minimum": 0.0001, "maximum": 0.1, "scale": "log"},
            "depth": {"type": "integer", "minimum": 2, "maximum": 12},
        },
        "search": {"method": "random"},
        "trials": trials,
        "goal": {"metric": "loss", "direction": "minimize"},
        "budget": {"cost-limit": 1000},
        "max-parallel": MAX_PARALLEL,
    }
    path = folder / f"sweep-{trials}.json"
    path.write_text(json.dumps(config))
    return find_sweep_files(path)


def measure_sweep(
    deployment: VirtualDeployment,
    files: SweepFiles,
    form: ReducedForm,
    trials: int,
    screen: Screen,
) -> SweepFigures:
    """Rehearse a sweep of so many trials to its end."""
    meter, account = meter_of(deployment.aws.context), deployment.account
    since, sweep_id = mark(meter), f"bench-{trials}"
    rehearsed = rehearse_sweep_once(
        deployment, sweep_options(files.source), files, form, sweep_id, screen
    )
    usage = rehearsed.orchestration.usage
    listed = account.s3.head_object(
        Bucket=account.deployment.bucket, Key=f"sweeps/bench/{sweep_id}/trials.json"
    )
    return SweepFigures(
        trials=trials,
        full_trials=len(rehearsed.checked),
        hours=rehearsed.total_seconds / 3600,
        history_events=usage.history_events,
        transitions=usage.state_transitions,
        invocations=sum(usage.invocations.values()),
        api_calls=sum(usage.api_calls.values()),
        usd=rehearsed.orchestration.cost.usd,
        write_units=usage.write_units,
        most_calls_per_second=_most_calls(meter, since, None),
        most_starts_per_second=_most_calls(meter, since, "StartExecution"),
        most_transactions_per_second=_most_calls(meter, since, _RESERVE_OR_SETTLE),
        most_invocations_per_second=_most_at_once(
            [one.at for one in meter.invocations[since.invocations :]]
        ),
        trials_file_bytes=listed["ContentLength"],
        cost_difference=largest_difference(rehearsed),
        is_budget_kept=is_kept(rehearsed),
        is_valid=is_valid(rehearsed),
        engine_seconds=rehearsed.engine_seconds,
    )


def _most_calls(meter: Meter, since: Mark, action: str | None) -> int:
    """Return the most calls of functions and states in a second, of an action or of all."""
    known = {one.function_name for one in meter.invocations} | {STATE_MACHINE}
    return _most_at_once(
        [
            call.at
            for call in meter.calls[since.calls :]
            if call.caller in known and action in (None, call.action)
        ]
    )


def _most_at_once(times: list[datetime]) -> int:
    counts = Counter(at.replace(microsecond=0) for at in times)
    return max(counts.values(), default=0)
