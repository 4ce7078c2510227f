"""What a job's end has kept, and until when."""

from dataclasses import dataclass

from parris.notifications.links import is_stack
from parris.payloads import Payload, maybe_text_in, part_of, texts_in
from parris.retention.keep_until import ALWAYS
from parris.termination.ending import EndState, EndStep

_KEEPING = (EndStep.KEPT, EndStep.VOLUME_KEPT, EndStep.STOPPING)


@dataclass(frozen=True, slots=True)
class Kept:
    """The ids of what is kept. `until` is a moment of payloads, ALWAYS, or None: unlimited.
    `stack_id` is the stack that what is kept goes with, None where that is gone.
    """

    ids: tuple[str, ...]
    until: str | None
    is_wished: bool
    stack_id: str | None


def kept_of(state: Payload) -> Kept | None:
    """Return what the end has kept, None where it kept nothing.

    What was marked as kept is kept, also where the end could not be confirmed. A run of a release
    before that names no ids: then all that was left is what was kept.
    """
    cleanup, confirmed = part_of(state, "cleanup"), part_of(state, "confirmed")
    step = cleanup.get("step")
    ids = texts_in(confirmed, "kept") or texts_in(cleanup, "kept")
    is_confirmed = confirmed.get("state") == EndState.ENDED
    if not ids and step in _KEEPING and is_confirmed:
        ids = texts_in(confirmed, "left")
    if not ids:
        return None
    until = maybe_text_in(confirmed, "keep_until") or maybe_text_in(cleanup, "keep_until")
    is_wished = until == ALWAYS or step == EndStep.STOPPING
    stacks = (one for one in (*ids, *texts_in(confirmed, "left")) if is_stack(one))
    return Kept(ids, until, is_wished, next(stacks, None))
