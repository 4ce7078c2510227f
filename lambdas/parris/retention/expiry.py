"""Updates a run's record when its kept resources are deleted after their retention."""

import json

from parris.payloads import Payload, maybe_text_in, part_of
from parris.reasons import EndReason
from parris.termination.ending import EndState


def outcome_after_expiry(record: Payload, confirmed: Payload) -> Payload:
    """Return the updated outcome. How the run itself ended does not change.

    Args:
        record: the run's record.
        confirmed: the result of the last check of the deletion.
    """
    recorded = part_of(record, "outcome")
    if confirmed.get("state") != EndState.ENDED:
        left = json.dumps(confirmed.get("left", "unknown"))
        cause = (
            f"{recorded.get('reason')}: {recorded.get('cause')}; the retention has ended, but the"
            f" deletion of these resources could not be confirmed: {left}"
        )
        return {**recorded, "reason": EndReason.CLEANUP_FAILED, "cause": cause}
    if confirmed.get("keep_until") is not None:
        # The retention was prolonged in the meantime, so nothing was deleted.
        return {**recorded, "keep_until": confirmed["keep_until"]}
    at = maybe_text_in(confirmed, "confirmed_at")
    return {
        **recorded,
        "cause": f"{recorded.get('cause')}; the kept resources expired, and were gone at {at}",
        "kept": [],
        "keep_until": None,
        "kept_usd_per_month": None,
    }


def record_after_expiry(record: Payload, outcome: Payload) -> Payload:
    """Return the record to write. A failed deletion is tried again, and not recorded."""
    if outcome.get("reason") == EndReason.CLEANUP_FAILED:
        return record
    return {**record, "outcome": outcome}
