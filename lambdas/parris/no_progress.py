"""The silence of a script that ends a job (no-progress), and what its runner decides by it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

from parris.durations import duration, seconds_of
from parris.payloads import finite_number, int_in, payload_of
from parris.reasons import EndReason

if TYPE_CHECKING:
    from parris.payloads import Payload

_DEFAULT_STEP_INTERVALS, _DEFAULT_FLOOR_SECONDS, _DEFAULT_WARM_UP_SECONDS = 3, 60, 3600
_LONGEST_SILENCE_SECONDS = 10**9


@dataclass(frozen=True, slots=True)
class NoProgress:
    """Which silence is a hang, and whether another attempt follows it."""

    step_intervals: int
    floor_seconds: int
    warm_up_seconds: int
    is_retried: bool

    @classmethod
    def from_options(cls, options: Payload) -> Self:
        """Return it from a config's options, with the defaults of those that are not there."""
        return cls(
            int(seconds_of(options.get("step-intervals", _DEFAULT_STEP_INTERVALS), 1)),
            int(seconds_of(options.get("floor-seconds", _DEFAULT_FLOOR_SECONDS), 1)),
            int(seconds_of(options.get("warm-up-seconds", _DEFAULT_WARM_UP_SECONDS), 1)),
            options.get("retry") is True,
        )

    @classmethod
    def from_payload(cls, found: Payload) -> Self | None:
        """Return it from a job's `no_progress`; None if it has none."""
        if not found:
            return None
        return cls(
            int_in(found, "step_intervals"),
            int_in(found, "floor_seconds"),
            int_in(found, "warm_up_seconds"),
            found.get("is_retried") is True,
        )

    def to_payload(self) -> Payload:
        """Return it as JSON, as a job and its runner's job.json have it."""
        return payload_of(self)

    def end_by(self, found: Payload) -> tuple[EndReason, str] | None:
        """Return the end that a runner's decision says, or None if it says none."""
        silent_seconds = finite_number(found.get("silent_seconds"))
        if found.get("reason") != EndReason.NO_PROGRESS or silent_seconds is None:
            return None
        silent = duration(max(0, int(min(silent_seconds, _LONGEST_SILENCE_SECONDS))))
        usual_seconds = finite_number(found.get("usual_seconds"))
        usual = (
            ""
            if usual_seconds is None
            else f", where the next one usually comes after {usual_seconds:g} s"
        )
        return (
            EndReason.NO_PROGRESS,
            f"the script printed no line for {silent}{usual}{_gpus(found)}",
        )


def _gpus(found: Payload) -> str:
    busy = found.get("gpu_percent")
    if not isinstance(busy, list) or not busy or not all(type(one) is int for one in busy):
        return ""
    return f"; its GPUs were busy to {', '.join(f'{one} %' for one in busy[:16])}"
