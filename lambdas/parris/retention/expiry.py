"""What becomes of a run's record when what it had kept is deleted, since its time was over."""

import json

from parris.payloads import Payload, maybe_text_in, part_of
from parris.reasons import EndReason
from parris.termination.ending import EndState


def outcome_after_expiry(record: Payload, confirmed: Payload) -> Payload:
    """Return the recorded outcome as it is now: how the run itself ended does not change.

    Args:
        record: the run's record.
        confirmed: what was seen after what was kept was deleted.
    """
    recorded = part_of(record, "outcome")
    if confirmed.get("state") != EndState.ENDED:
        left = json.dumps(confirmed.get("left", "unknown"))
        cause = (
            f"{recorded.get('reason')}: {recorded.get('cause')}; what was kept has expired and"
            f" could not be confirmed to be gone: {left}"
        )
        return {**recorded, "reason": EndReason.CLEANUP_FAILED, "cause": cause}
    if confirmed.get("keep_until") is not None:
        # Somebody has prolonged it since: it is kept, and nothing was deleted.
        return {**recorded, "keep_until": confirmed["keep_until"]}
    at = maybe_text_in(confirmed, "confirmed_at")
    return {
        **recorded,
        "cause": f"{recorded.get('cause')}; what was kept expired, and was gone at {at}",
        "kept": [],
        "keep_until": None,
        "kept_usd_per_month": None,
    }


def record_after_expiry(record: Payload, outcome: Payload) -> Payload:
    """Return the record to be written: a deletion that failed is tried again, and not recorded."""
    if outcome.get("reason") == EndReason.CLEANUP_FAILED:
        return record
    return {**record, "outcome": outcome}
