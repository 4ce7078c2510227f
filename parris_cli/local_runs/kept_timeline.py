"""The path and the states of a job as the history keeps them: their names and their times."""

from __future__ import annotations

from typing import TYPE_CHECKING

from parris.payloads import maybe_int_in, parts_in, text_in
from parris.timestamps import format_timestamp, parse_timestamp
from parris_cli.following.history import Transition
from parris_cli.following.path import PhaseBegun, path_of
from parris_cli.following.phase import Phase

if TYPE_CHECKING:
    from collections.abc import Sequence

    from parris.payloads import Payload


def timeline_to_json(transitions: Sequence[Transition]) -> Payload:
    """Return what is kept of the transitions of a job; their data is not."""
    return {
        "path": [begun.to_json() for begun in path_of(transitions)],
        "states": [
            {"state": one.state, "at": format_timestamp(one.at), "is_entered": one.is_entered}
            for one in transitions
        ],
    }


def path_in(timeline: Payload) -> tuple[PhaseBegun, ...]:
    """Return the phases that were kept; none for a job of an earlier version."""
    return tuple(
        PhaseBegun(
            Phase(text_in(one, "phase")),
            parse_timestamp(text_in(one, "at")),
            maybe_int_in(one, "attempt") or 1,
        )
        for one in parts_in(timeline, "path")
    )


def transitions_in(timeline: Payload) -> tuple[Transition, ...]:
    """Return the transitions that were kept, without their data."""
    return tuple(
        Transition(
            text_in(one, "state"),
            parse_timestamp(text_in(one, "at")),
            is_entered=one.get("is_entered") is True,
        )
        for one in parts_in(timeline, "states")
    )
