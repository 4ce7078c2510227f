"""The record of a sweep: its trials, the best of them, and how it ended."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from parris.notifications.kinds import MessageKind
from parris.notifications.message import Message, make_message
from parris.payloads import part_of, parts_in
from parris.sweeps.config import SweepConfig
from parris.sweeps.names import TRIAL_KEY, TrialName
from parris.sweeps.plan import NAME_KEY, NOTIFY_KEY, trial_config
from parris.sweeps.trial import Trial, TrialStatus

if TYPE_CHECKING:
    from collections.abc import Sequence

    from parris.payloads import Payload
    from parris.recovery.abandoned_run import EndedExecution
    from parris.sweeps.config import Goal
    from parris.sweeps.folder import SweepFolder
    from parris.sweeps.sweep import Sweep

RUNNING = "RUNNING"
"""The status of a sweep that has not ended."""
_VERSION = 1


class SweepEnd(StrEnum):
    """Why a sweep ended. The first two succeed."""

    COMPLETED = "COMPLETED"
    BUDGET_USED = "BUDGET_USED"
    NO_TRIAL_SUCCEEDED = "NO_TRIAL_SUCCEEDED"
    TRIAL_FAILED = "TRIAL_FAILED"
    CLEANUP_FAILED = "CLEANUP_FAILED"
    """The end of a trial is not confirmed, so that what it launched may still run."""
    STOP_REQUESTED = "STOP_REQUESTED"
    ABORTED = "ABORTED"


def best_trial(trials: Sequence[Trial], goal: Goal | None) -> Trial | None:
    """Return the successful trial with the best value, the first of several; None if none has."""
    return next(iter(ranked_trials(trials, goal)), None)


def ranked_trials(trials: Sequence[Trial], goal: Goal | None) -> list[Trial]:
    """Return the successful trials that have a value, the best first."""
    if goal is None:
        return []
    sign = -1 if goal.is_maximized else 1
    found = [
        (sign * trial.value, trial.number, trial)
        for trial in trials
        if trial.status is TrialStatus.SUCCEEDED and trial.value is not None
    ]
    return [trial for _, _, trial in sorted(found, key=lambda one: one[:2])]


def prefixes_to_delete(
    trials: Sequence[Trial], goal: Goal | None, keep_best: int, bucket: str
) -> list[str]:
    """Return the prefixes of the results of all but the best trials.

    Only those of trials that succeeded with a value, as their records have them, and only results.
    """
    folder = f"s3://{bucket}/machines/"
    uris = [trial.results_uri or "" for trial in ranked_trials(trials, goal)[keep_best:]]
    return [
        uri.removeprefix(f"s3://{bucket}/")
        for uri in uris
        if uri.startswith(folder) and uri.endswith("/results/") and uri.count("/") == 6
    ]


def end_of_sweep(sweep: Sweep, trials: Sequence[Trial]) -> tuple[SweepEnd, str]:
    """Return why a sweep ended, and a sentence about it."""
    counts, unconfirmed = counts_of(sweep, trials), [one for one in trials if one.is_reserved]
    text = _sentence(sweep, counts, unconfirmed)
    if sweep.stop_reason is not None:
        return SweepEnd(sweep.stop_reason), text
    if unconfirmed:
        return SweepEnd.CLEANUP_FAILED, text
    if not counts[TrialStatus.SUCCEEDED]:
        return SweepEnd.NO_TRIAL_SUCCEEDED, text
    if counts[TrialStatus.NOT_STARTED]:
        return SweepEnd.BUDGET_USED, text
    return SweepEnd.COMPLETED, text


def has_own_end(end: EndedExecution) -> bool:
    """Return whether a sweep's execution has ended as its workflow ends it, with a reason."""
    error = end.message.partition(":")[0]
    return end.status == "SUCCEEDED" or (end.status == "FAILED" and error in set(SweepEnd))


def counts_of(sweep: Sweep, trials: Sequence[Trial]) -> dict[str, int]:
    """Return how many trials have each status; those that have not begun are not started."""
    counts = {str(status): 0 for status in TrialStatus}
    for trial in trials:
        counts[trial.status] += 1
    counts[TrialStatus.NOT_STARTED] += sweep.trials - len(trials)
    return counts


def sweep_record(sweep: Sweep, config: Payload, trials: Sequence[Trial], status: str) -> Payload:
    """Return the record of a sweep, as docs/sweeps.md describes it.

    Args:
        sweep: the sweep.
        config: its config, as it is stored.
        trials: those that have begun.
        status: RUNNING, or why it has ended.
    """
    goal = SweepConfig.from_payload(config).goal
    best = best_trial(trials, goal)
    unconfirmed = [
        one for one in trials if one.is_unconfirmed or (one.is_reserved and status != RUNNING)
    ]
    limit_seconds = SweepConfig.from_payload(config).time_limit_seconds
    ends = [trial.ended_at for trial in trials if trial.ended_at]
    return {
        "record_version": _VERSION,
        "sweep_id": sweep.sweep_id,
        "sweep_name": sweep.sweep_name,
        "execution_arn": sweep.execution_arn,
        "status": status,
        "cause": _sentence(sweep, counts_of(sweep, trials), unconfirmed),
        "stop_reason": sweep.stop_reason,
        "started_at": sweep.started_at,
        "ended_at": None if status == RUNNING else max(ends, default=None),
        "search": part_of(config, "search"),
        "parameters": part_of(config, "parameters"),
        "goal": part_of(config, "goal") or None,
        "budget": {
            "cost_limit_usd": str(sweep.cost_limit_usd),
            "time_limit_seconds": limit_seconds,
        },
        "max_parallel": sweep.max_parallel or SweepConfig.from_payload(config).max_parallel,
        "bounded_by": sweep.bounded_by,
        "worst_usd": str(sweep.worst_usd),
        "spent_usd": str(sweep.spent_usd),
        "reserved_usd": str(sweep.reserved_usd),
        "counts": dict(counts_of(sweep, trials)),
        "best_trial": None if best is None else best.number,
        "trials": [trial_payload(trial) for trial in trials],
    }


def trial_payload(trial: Trial) -> Payload:
    """Return a trial as JSON."""
    return {
        "number": trial.number,
        "status": trial.status,
        "parameters": trial.parameters,
        "value": trial.value,
        "runs": trial.runs,
        "reason": trial.reason,
        "cause": trial.cause,
        "started_at": trial.started_at,
        "ended_at": trial.ended_at,
        "runtime_seconds": trial.runtime_seconds,
        "reserved_usd": str(trial.reserved_usd),
        "spent_usd": str(trial.spent_usd),
        "metrics": trial.metrics,
        "training_job_name": trial.training_job_name,
        "execution_arn": trial.execution_arn,
        "results_uri": trial.results_uri,
        "record_uri": trial.record_uri,
    }


def best_config(config: SweepConfig, sweep: Sweep, best: Trial) -> Payload:
    """Return the training config of the best trial, which can be run on its own."""
    name = TrialName(sweep.sweep_id, best.number, 0)
    found = trial_config(config.training, name, best.parameters or {}, goal={})
    del found[TRIAL_KEY]
    if NOTIFY_KEY not in config.training:
        # Run on its own, it is a job as any other.
        del found[NOTIFY_KEY]
    return {**found, NAME_KEY: f"{sweep.sweep_name}-best"}


def end_message_of_sweep(record: Payload, folder: SweepFolder) -> Message:
    """Return the notification of the end of a sweep."""
    number = record["best_trial"]
    best = [one for one in parts_in(record, "trials") if one["number"] == number]
    best_text = "".join(
        f"The best trial is number {number}: {one['value']}, with {one['parameters']}."
        f" Its training config: {folder.uri}best-config.json"
        for one in best
    )
    name = str(record["sweep_name"])
    return make_message(
        MessageKind.ENDED,
        name,
        f"the sweep ended, {record['status']}",
        [
            f"The sweep {name} ({record['sweep_id']}) has ended: {record['status']}.",
            f"{record['cause']}.",
            best_text,
            f"All trials: {folder.uri}record.json",
        ],
    )


def _sentence(sweep: Sweep, counts: dict[str, int], unconfirmed: Sequence[Trial]) -> str:
    text = ", ".join(f"{count} {status}" for status, count in counts.items() if count)
    text = f"{sweep.trials} trials: {text}; spent {sweep.spent_usd} of {sweep.cost_limit_usd} USD"
    if not unconfirmed:
        return text
    named = ", ".join(
        f"{one.number} (job {one.training_job_name}, {one.reserved_usd} USD)" for one in unconfirmed
    )
    return (
        f"{text}; the end of these trials is not confirmed, so that resources of their jobs may"
        f" still run, and what is reserved for them stays reserved: {named}"
    )
