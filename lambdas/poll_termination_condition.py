"""State PollTerminationCondition: one look at the job, and the decision whether it ends.

Reads `$.job` and `$.run`. Clears wake and token in the jobs table before it looks. Answers
`$.decision`: the reason (null while the job goes on), the cost so far, and in how many seconds
something could next be true.
May raise the Aws errors.
"""

from __future__ import annotations

import dataclasses

from parris.blindness import blind_until
from parris.cost import spent_usd
from parris.entrypoint import Deps, lambda_handler
from parris.job import Job
from parris.moments import format_moment, parse_moment
from parris.payloads import Payload, part_of, text_in
from parris.policy import decide


def run(event: Payload, deps: Deps) -> Payload:
    """Return the decision."""
    job = Job.from_payload(part_of(event, "job"))
    watched = part_of(event, "run")
    now = parse_moment(text_in(event, "now"))
    launched_at = parse_moment(text_in(watched, "launched_at"))
    notes = deps.aws.jobs_table.begin_look(job.training_job_name, job.execution_arn)
    seen = deps.target(job.target).observe(
        job,
        text_in(watched, "machine_id"),
        launched_at,
        reported_state=None if notes is None else notes.reported_state,
    )
    # Without its item the run could never sleep again: whoever took the name away replaces it.
    seen = dataclasses.replace(
        seen,
        is_stop_wished=notes is not None and notes.is_stop_wished,
        superseded_by="another run" if notes is None else notes.superseded_by,
    )
    decision = decide(job.limits, seen, now)
    spent = None if job.rate is None else str(spent_usd(job.rate, decision.runtime_seconds))
    return {
        "reason": decision.reason,
        "cause": decision.cause,
        "runtime_seconds": decision.runtime_seconds,
        "spent_usd": spent,
        "next_check_seconds": decision.next_check_seconds,
        "decided_at": format_moment(now),
        "blind_until": format_moment(blind_until(job.limits, launched_at, now)),
    }


handler = lambda_handler(run)
