"""State FindRun of the cleanup: finds out whether a run is abandoned, and how far it got.

Reads only `executionArn` and `expired` from the event. Writes nothing. Returns a verdict, whether
this check is final or when to check again, and the state from which the end continues: the last
state from the run's history or, if Step Functions has deleted that, a state from the tags of the
run's resources. If there are leftovers although the end is recorded, they are ended and the record
is corrected. If the event says `expired`, the kept resources of the run are deleted once their
retention has ended, whatever its record says. May raise the Aws errors.
"""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from parris.entrypoint import Deps, lambda_handler
from parris.job import Job
from parris.payloads import Payload, part_of, text_in
from parris.recovery.abandoned_run import (
    LastState,
    Verdict,
    expired_state,
    is_end_unnotified,
    is_recorded,
    state_to_end,
)
from parris.targets.end_abandoned import find_abandoned_job
from parris.termination.ending import Ending, EndStep
from parris.timestamps import format_timestamp, parse_timestamp

if TYPE_CHECKING:
    from datetime import datetime

    from parris.recovery.abandoned_run import EndedExecution


def run(event: Payload, deps: Deps) -> Payload:
    """Return what to do about the run."""
    execution_arn, now = text_in(event, "execution_arn"), parse_timestamp(text_in(event, "now"))
    dead = deps.aws.executions.find_end(execution_arn)
    verdict, state = (Verdict.ALIVE, {}) if dead is None else _left_of(event, dead, now, deps)
    return {
        "execution_arn": execution_arn,
        "verdict": verdict,
        "is_final": dead is None or dead.is_final_check(now),
        "final_check_at": format_timestamp(now if dead is None else dead.final_check_at(now)),
        "state": state,
    }


def _left_of(
    event: Payload, dead: EndedExecution, now: datetime, deps: Deps
) -> tuple[Verdict, Payload]:
    execution_arn, since = text_in(event, "execution_arn"), parse_timestamp(text_in(event, "since"))
    last = deps.aws.executions.find_last_state(execution_arn)
    if last is None:
        abandoned = find_abandoned_job(execution_arn, deps.settings, deps.aws)
        if abandoned is None:
            return Verdict.NOTHING, {}
        last = LastState("unknown", {"job": abandoned.to_payload()})
    job = Job.from_state(last.state)
    record = deps.aws.bucket.read_json(job.folder.record_key)
    state = state_to_end(last, dead, since, deps.target(job.target).launch_state)
    if part_of(event, "input").get("expired") is True:
        return Verdict.TO_END, expired_state(state, record)
    is_known = record is not None and (is_recorded(record, last, dead) or dead.is_forgotten)
    if record is not None and is_known:
        if dead.is_final_check(now) and _is_something_left(job, state, now, deps):
            return Verdict.TO_END, {**state, "record": record}
        recorded: Payload = {"recorded_outcome": part_of(record, "outcome")}
        return Verdict.RECORDED, {
            **state,
            **recorded,
            "is_end_unnotified": is_end_unnotified(last, dead),
        }
    return Verdict.TO_END, state


def _is_something_left(job: Job, state: Payload, now: datetime, deps: Deps) -> bool:
    """Return whether there are leftovers that are not kept, although the end is recorded."""
    ending = dataclasses.replace(Ending.from_state(state, now), step=EndStep.KEPT)
    seen = deps.target(job.target).confirm_ended(job, ending)
    return bool(seen.left) and not seen.kept


handler = lambda_handler(run)
