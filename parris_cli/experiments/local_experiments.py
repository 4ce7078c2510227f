"""The experiments of this machine: jobs of `parris run --embedded`, from the history."""

from __future__ import annotations

from datetime import UTC, datetime

from parris.payloads import Payload, maybe_text_in
from parris_cli.errors import RefusedError
from parris_cli.experiments.experiment import Experiment
from parris_cli.local_runs.local_run import HISTORY, INTERRUPTED, LocalRun, read_local_runs

_LONG_AGO = datetime.min.replace(tzinfo=UTC)


def local_experiments() -> list[Experiment]:
    """Return the jobs that were accepted, the latest first. A rejected config is no experiment."""
    found = [_experiment(one) for one in read_local_runs() if one.record]
    return sorted(found, key=lambda one: one.stored_at, reverse=True)


def find_local_experiment(name: str) -> Experiment:
    """Return the experiment of a job's id.

    Raises:
        RefusedError: when there is none.
    """
    for one in local_experiments():
        if one.name == name:
            return one
    raise RefusedError(
        f"there is no experiment {name} in {HISTORY}; `parris experiments --embedded` lists those"
        " that there are"
    )


def _experiment(local: LocalRun) -> Experiment:
    run, record = local.run, local.record
    described: Payload = {
        **record,
        "job_id": run.job_id,
        "training_job_name": run.name,
        "submitted_at": maybe_text_in(local.entry, "submitted_at"),
        "started_by": run.owner,
        "target": run.target,
        "title": run.title,
    }
    if "outcome" not in record:
        described["outcome"] = {} if run.is_running else {"reason": INTERRUPTED}
    stored_at = run.submitted_at or _LONG_AGO
    return Experiment(run.job_id, str(local.folder), stored_at, described, run.is_running)
