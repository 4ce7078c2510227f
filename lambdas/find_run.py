"""State FindRun of the cleanup: looks whether a run is dead, and how far it came.

Reads `executionArn` and `expired`, and nothing else of the event that tells of the end. Writes
nothing. Answers a verdict, whether the look is the final one or when to look again, and the state
with which the end goes on: the one that the run had reached, from its history; where Step Functions
has forgotten that, what the tags of what it left tell. Where something is there although the end is
recorded, it is ended and the record is corrected. Where the event says `expired`, what the run
kept is to go once its time is over, whatever its record says. May raise the Aws errors.
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
    """Return what there is to do about the run."""
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
    """Return whether something is there that is not kept, although the end was recorded."""
    ending = dataclasses.replace(Ending.from_state(state, now), step=EndStep.KEPT)
    seen = deps.target(job.target).confirm_ended(job, ending)
    return bool(seen.left) and not seen.kept


handler = lambda_handler(run)
