"""What the termination state of every target does: plans the next step of the end and takes it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from parris.entrypoint import logger
from parris.job import Job
from parris.payloads import Payload, maybe_text_in, part_of, text_in
from parris.termination.attempts import may_be_retried
from parris.termination.ending import Ending, EndPlan, is_abandoned
from parris.timestamps import parse_timestamp

if TYPE_CHECKING:
    from parris.entrypoint import Deps


def run(event: Payload, deps: Deps) -> Payload:
    """Return which step was set going."""
    state = part_of(event, "state")
    job = Job.from_state(state)
    ending = Ending.from_state(state, parse_timestamp(text_in(event, "now")))
    reason = maybe_text_in(part_of(state, "end"), "reason")
    is_retried = not is_abandoned(state) and may_be_retried(job, reason)
    ending = replace(ending, may_be_retried=is_retried)
    target = deps.target(job.target)
    plan = target.plan_end(job, ending)
    _note_end(job, part_of(state, "end"), plan, deps)
    target.carry_out(job, plan)
    return plan.to_payload(ending)


def _note_end(job: Job, end: Payload, plan: EndPlan, deps: Deps) -> None:
    try:
        deps.aws.jobs_table.note_end(
            job.training_job_name,
            job.execution_arn,
            reason=text_in(end, "reason"),
            decided_at=text_in(end, "decided_at"),
            keep_until=plan.keep_until,
        )
    except Exception:
        # Whatever it was: a table that cannot be written must not leave a machine running. What is
        # kept says so itself, by its tag.
        logger.exception("the end could not be noted, and goes on")
