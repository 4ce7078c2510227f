"""State ConfirmEnded: checks whether the current step of the end is complete, on any target.

Reads `$.job`, `$.launch`, `$.run`, `$.cleanup`, `$.end` and `$.confirmed` of the previous check.
Clears wake and token in the jobs table before the check; a table that cannot be written does not
prevent it, but then the run cannot sleep until an event (`can_sleep`). Returns `$.confirmed`:
`ended`, `ending` (check again), `end-again` (run the termination state again) or `failed` (after a
day, or when nothing more can be done), with what is left and what of it is kept until when; when
the machine and each part that outlives it ended, as far as known; the reason, if it was decided
without an observation and is now known better; and, once the end is verified, whether another
attempt follows and what it changes in `$.job`.
May raise NotOursError, ResourceStateUnknownError, MachineStateUnknownError and the Aws errors.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from parris.backoff import check_interval_seconds, retry_interval_seconds
from parris.entrypoint import Deps, lambda_handler, logger
from parris.job import Job
from parris.payloads import Payload, maybe_text_in, part_of, text_in
from parris.targets.rate_of_attempt import rate_of_attempt
from parris.termination.ending import LONGEST_CLEANUP_SECONDS, Ending, EndState, is_abandoned
from parris.termination.recorded_end import RecordedEnd
from parris.termination.revised_reason import revised_reason
from parris.timestamps import format_timestamp, parse_timestamp
from parris.waits import sleep_payload, sleep_seconds

if TYPE_CHECKING:
    from datetime import datetime

    from parris.aws.job_item import JobItem


def run(event: Payload, deps: Deps) -> Payload:
    """Return what is left of the job."""
    state = part_of(event, "state")
    job = Job.from_state(state)
    now = parse_timestamp(text_in(event, "now"))
    ending, end = Ending.from_state(state, now), part_of(state, "end")
    ending_since = parse_timestamp(maybe_text_in(end, "ending_since") or text_in(end, "decided_at"))
    item = _begin_check(job, deps)
    seen = deps.target(job.target).confirm_ended(job, ending)
    is_too_late = (
        seen.state is not EndState.ENDED
        and (now - ending_since).total_seconds() > LONGEST_CLEANUP_SECONDS
    )
    # Counted from the current step, because each step may be over within seconds.
    waited_seconds = int((now - (ending.step_since or ending_since)).total_seconds())
    next_check_seconds = seen.next_check_seconds or check_interval_seconds(waited_seconds)
    if ending.has_failed:
        # The termination state has failed with all its retries, so it does not run again at once.
        next_check_seconds = max(next_check_seconds, retry_interval_seconds(waited_seconds))
    seconds = next_check_seconds
    if item is not None:
        seconds = sleep_seconds(seen.wait, waited_seconds, item.reported, is_woken=item.is_woken)
    known = RecordedEnd.from_payload(part_of(state, "confirmed")).checked_again(seen)
    revised = revised_reason(job, state, known, seen.exit)
    confirmed: Payload = {
        "state": EndState.FAILED if is_too_late else seen.state,
        "next_check_seconds": next_check_seconds,
        "can_sleep": item is not None,
        "waiting_for": seen.wait,
        **sleep_payload(seconds, now),
        "target_details": seen.details,
        "note": seen.note,
        "left": list(seen.left),
        "kept": list(seen.kept),
        "keep_until": seen.keep_until,
        "confirmed_at": format_timestamp(now),
        **known.to_payload(),
        "revised": None if revised is None else {"reason": revised[0], "cause": revised[1]},
    }
    return {**confirmed, "attempt": _attempt(job, {**state, "confirmed": confirmed}, now, deps)}


def _attempt(job: Job, state: Payload, now: datetime, deps: Deps) -> Payload | None:
    """Return whether another attempt follows; None where that is no question."""
    is_ended = part_of(state, "confirmed").get("state") == EndState.ENDED
    if job.max_attempts == 1 or not is_ended or is_abandoned(state):
        return None
    from parris.termination.attempts import attempt_of, is_retried, retry_after
    from parris.termination.bill import bill_of
    from parris.termination.outcome import end_of

    reason, cause = end_of(state)
    if not is_retried(job, reason):
        return None
    bill = bill_of(job, state, rate_of_attempt(deps.target(job.target), job, state))
    past = attempt_of(job, state, bill, reason, cause)
    return retry_after(job, past, now).to_payload(job)


def _begin_check(job: Job, deps: Deps) -> JobItem | None:
    try:
        return deps.aws.jobs_table.begin_check(job.training_job_name, job.execution_arn)
    except Exception:
        # Whatever it was: a table that cannot be written must not prevent the end.
        logger.exception("the check could not be noted, and goes on")
        return None


handler = lambda_handler(run)
