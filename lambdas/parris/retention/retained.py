"""The resources that the end of a job has kept, and until when."""

from dataclasses import dataclass

from parris.payloads import Payload, int_in, maybe_text_in, part_of, parts_in, texts_in
from parris.retention.keep_until import ALWAYS
from parris.termination.ending import EndState, EndStep

KEEPING_STEPS = frozenset({EndStep.KEPT, EndStep.PART_KEPT, EndStep.STOPPING})


@dataclass(frozen=True, slots=True)
class Kept:
    """The ids of the kept resources. `until` is a timestamp, ALWAYS, or None: without limit.

    `attempts` has the numbers of the attempts whose results are not verified, in order; none if an
    earlier attempt kept nothing.
    """

    ids: tuple[str, ...]
    until: str | None
    is_requested: bool
    attempts: tuple[int, ...] = ()

    @property
    def results(self) -> str:
        """Return which results could not be verified."""
        if not self.attempts:
            return "the results"
        *others, last = map(str, self.attempts)
        of = f"attempts {', '.join(others)} and {last}" if others else f"attempt {last}"
        return f"the results of {of}"


def kept_of(state: Payload) -> Kept | None:
    """Return what all attempts of the run have kept, or None if they kept nothing.

    What earlier ones kept is not checked again before its retention ends. Its deletion checks the
    resources of all attempts alike.
    """
    kept = kept_by(state)
    past = [] if state.get("keep_expired") is True else _kept_before(state)
    if not past:
        return kept
    ids = [one for attempt in past for one in texts_in(attempt, "kept")]
    marks = [maybe_text_in(attempt, "keep_until") for attempt in past]
    numbers = [int_in(attempt, "number") for attempt in past]
    if kept is not None:
        ids += kept.ids
        marks.append(kept.until)
        numbers.append(1 + len(parts_in(part_of(state, "job"), "past_attempts")))
    until = min(filter(None, marks), default=None)
    return Kept(tuple(dict.fromkeys(ids)), until, False, tuple(numbers))


def kept_by(state: Payload) -> Kept | None:
    """Return what the current attempt has kept, or None if it kept nothing.

    Resources that were marked as kept count as kept even if the end could not be confirmed. If no
    ids are recorded, everything that is left was kept.
    """
    cleanup, confirmed = part_of(state, "cleanup"), part_of(state, "confirmed")
    step = cleanup.get("step")
    ids = texts_in(confirmed, "kept") or texts_in(cleanup, "kept")
    is_confirmed = confirmed.get("state") == EndState.ENDED
    if not ids and step in KEEPING_STEPS and is_confirmed:
        ids = texts_in(confirmed, "left")
    if not ids:
        return None
    until = maybe_text_in(confirmed, "keep_until") or maybe_text_in(cleanup, "keep_until")
    is_requested = until == ALWAYS or step == EndStep.STOPPING
    return Kept(ids, until, is_requested)


def named_ids(state: Payload) -> tuple[str, ...]:
    """Return the ids of all kept and leftover resources, each once, kept ones first."""
    cleanup, confirmed = part_of(state, "cleanup"), part_of(state, "confirmed")
    ids = [texts_in(confirmed, "kept"), texts_in(cleanup, "kept"), texts_in(confirmed, "left")]
    ids += [texts_in(attempt, "kept") for attempt in _kept_before(state)]
    return tuple(dict.fromkeys(one for some in ids for one in some))


def _kept_before(state: Payload) -> list[Payload]:
    past = parts_in(part_of(state, "job"), "past_attempts")
    return [attempt for attempt in past if texts_in(attempt, "kept")]
