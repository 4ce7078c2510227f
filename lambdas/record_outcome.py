"""State RecordOutcome: writes the run record and its entry in the run index, and gives the job's
name back.

Reads the whole state, machine.json if the state does not name the machine, and the cost of the job.
Writes record.json to the job's folder and to that of its experiment, unless the state has an
outcome that is already recorded.
Then it deletes the job's items from the jobs table. Returns `$.outcome`, and the notification in
`$.message`, or null for none. Safe to repeat. May raise the Aws errors.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from parris.aws.machine_notes import on_noted_machine
from parris.aws.saved_results import prefix_of_latest_results
from parris.entrypoint import Deps, lambda_handler, logger
from parris.experiment import RECORD_FILE, experiment_record
from parris.job import Job
from parris.notifications.end_of_job import end_message
from parris.payloads import Payload, maybe_text_in, part_of
from parris.recovery.corrected_record import corrected_outcome
from parris.retention.expiry import outcome_after_expiry, record_after_expiry
from parris.retention.retained import named_ids
from parris.targets.rate_of_attempt import rate_of_attempt
from parris.termination.outcome import outcome_of, run_record
from parris.termination.run_entry import run_entry

if TYPE_CHECKING:
    from parris.resource import Guide


def run(event: Payload, deps: Deps) -> Payload:
    """Return how the job ended, after recording it, and the notification of it."""
    state = part_of(event, "state")
    job = on_noted_machine(Job.from_state(state), deps.aws.bucket)
    recorded = part_of(state, "recorded_outcome")
    guide = deps.target(job.target).describe(job, named_ids(state))
    outcome, indexed = recorded, recorded
    if not recorded:
        outcome, indexed = _write_record(job, state, guide, deps)
    deps.aws.run_index.put(run_entry(job, indexed))
    machine_id = maybe_text_in(part_of(state, "run"), "machine_id")
    if machine_id is not None:
        deps.aws.machines_table.forget(machine_id)
    deps.aws.jobs_table.release(job.training_job_name, job.execution_arn)
    # A recorded end was already notified, unless the run was aborted in between.
    is_notified = bool(recorded) and state.get("is_end_unnotified") is not True
    message = None if is_notified else end_message(job, state, outcome, guide)
    return {"outcome": outcome, "message": None if message is None else message.to_payload()}


def _write_record(job: Job, state: Payload, guide: Guide, deps: Deps) -> tuple[Payload, Payload]:
    """Return the outcome, and the one that is on record now."""
    recorded = part_of(state, "record")
    if recorded and state.get("keep_expired") is True:
        outcome = outcome_after_expiry(recorded, part_of(state, "confirmed"))
        record = record_after_expiry(recorded, outcome)
    else:
        rate = rate_of_attempt(deps.target(job.target), job, state)
        prefix = prefix_of_latest_results(deps.aws.bucket, job)
        outcome = outcome_of(job, state, rate, guide=guide, results_prefix=prefix)
        record = run_record(job, state, outcome)
    if recorded and state.get("keep_expired") is not True:
        # Leftovers were found and ended after the recorded end.
        outcome = corrected_outcome(recorded, outcome, part_of(state, "confirmed"))
        record = {**recorded, "outcome": outcome}
    deps.aws.bucket.write(job.folder.record_key, json.dumps(record, indent=2).encode())
    _show_to_team(job, record, deps)
    return outcome, part_of(record, "outcome")


def _show_to_team(job: Job, record: Payload, deps: Deps) -> None:
    """Store the record with the experiment. A location that is gone by now fails no run."""
    if not job.experiment_uri:
        return
    files = {RECORD_FILE: experiment_record(job, record)}
    why = deps.aws.experiment_files.write(job.experiment_uri, files)
    if why is not None:
        logger.warning("the experiment's record cannot be stored", extra={"cause": why})


handler = lambda_handler(run)
