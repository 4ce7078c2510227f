"""The reduced form of a trial's run: its launch, its end and its cost, from two measured runs."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_CEILING, Decimal
from typing import TYPE_CHECKING

from parris.reasons import EndReason

if TYPE_CHECKING:
    from embedded_aws.metering.usage import Usage

_CENT_OF_A_CENT = Decimal("0.0001")


@dataclass(frozen=True, slots=True)
class RunFigures:
    """What a run takes. `launch_seconds` pass until its machine is launched, `runtime_seconds` from
    there to the machine's end, and `total_seconds` from the start to the end of its execution.
    """

    reason: EndReason
    launch_seconds: float
    runtime_seconds: int
    total_seconds: float
    usd: Decimal


@dataclass(frozen=True, slots=True)
class MeasuredRun:
    """A full run with a script of a known duration, and what its orchestration used."""

    takes_seconds: float
    save_seconds: float
    figures: RunFigures
    usage: Usage


@dataclass(frozen=True, slots=True)
class ReducedForm:
    """What a run takes, by the duration of its script, in between two full runs.

    If the longest is ended by a limit, so is every run whose script would still run when that one's
    was stopped.
    """

    shortest: MeasuredRun
    longest: MeasuredRun

    def figures_of(self, takes_seconds: float, exit_code: int) -> RunFigures:
        """Return what a run takes whose script ends after so long, unless a limit ends it."""
        short, long = self.shortest.figures, self.longest.figures
        around_seconds = short.runtime_seconds - self.shortest.takes_seconds
        if long.reason is not EndReason.COMPLETED:
            stopped_after = long.runtime_seconds - around_seconds - self.longest.save_seconds
            if takes_seconds >= stopped_after or short.reason is long.reason:
                return long
        runtime_seconds = round(takes_seconds + around_seconds)
        more_seconds = runtime_seconds - short.runtime_seconds
        usd = short.usd + self._usd_per_second * more_seconds
        return RunFigures(
            reason=EndReason.SCRIPT_FAILED if exit_code else EndReason.COMPLETED,
            launch_seconds=short.launch_seconds,
            runtime_seconds=runtime_seconds,
            total_seconds=short.total_seconds + more_seconds,
            usd=usd.quantize(_CENT_OF_A_CENT, rounding=ROUND_CEILING),
        )

    def usage_of(self, reason: EndReason) -> Usage:
        """Return what the orchestration of a run uses that ends so."""
        is_limited = reason is self.longest.figures.reason
        return (self.longest if is_limited else self.shortest).usage

    @property
    def _usd_per_second(self) -> Decimal:
        short, long = self.shortest.figures, self.longest.figures
        seconds = long.runtime_seconds - short.runtime_seconds
        if seconds <= 0:
            return short.usd / max(1, short.runtime_seconds)
        return (long.usd - short.usd) / seconds
