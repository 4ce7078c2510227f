"""Corrects a run's record when leftovers of the run are found and ended later."""

from parris.payloads import Payload, maybe_text_in, part_of
from parris.reasons import EndReason
from parris.termination.ending import EndState

_OF_WHAT_IS_LEFT = ("kept", "keep_until", "kept_usd_per_month", "target_details")
_OF_THE_BILL = ("started_at", "ended_at", "runtime_seconds", "estimated_cost_usd", "cost_basis")


def corrected_outcome(record: Payload, found: Payload, confirmed: Payload) -> Payload:
    """Return the corrected outcome. How the job itself ended does not change.

    Args:
        record: the run's record.
        found: the outcome from what is known now.
        confirmed: the result of the last check of this later end.
    """
    recorded = part_of(record, "outcome")
    if confirmed.get("state") != EndState.ENDED:
        return {**recorded, "reason": EndReason.CLEANUP_FAILED, "cause": found.get("cause")}
    reason, cause = _decided(recorded)
    at = maybe_text_in(confirmed, "confirmed_at")
    return {
        **recorded,
        **{key: found.get(key) for key in _OF_WHAT_IS_LEFT},
        **({key: found.get(key) for key in _OF_THE_BILL} if _ran_longer(found, recorded) else {}),
        "reason": reason,
        "cause": f"{cause}; leftovers were found after the end of the job, and ended at {at}",
    }


def _decided(recorded: Payload) -> tuple[str, str]:
    """Return the decided reason and cause, which a failed cleanup has put into its own cause."""
    reason, cause = str(recorded.get("reason")), str(recorded.get("cause"))
    if reason == EndReason.CLEANUP_FAILED:
        named, _, rest = cause.partition(": ")
        if named in set(EndReason):
            return named, rest
    return reason, cause


def _ran_longer(found: Payload, recorded: Payload) -> bool:
    """Return whether the machine ended later than recorded. Both are timestamps in UTC."""
    ended_at = maybe_text_in(found, "ended_at")
    return maybe_text_in(found, "started_at") is not None and (
        str(ended_at) > str(recorded.get("ended_at"))
    )
