"""One line that says how far something is: what it does, bars towards its limits, and a remark."""

from __future__ import annotations

from dataclasses import dataclass

from parris_cli.terminal.style import Span, Style, width_of

_GAP = "  "
_LEAST_BAR, _LONGEST_BAR = 4, 20
_NEARLY = 0.9
# The bars of all phases begin below each other, where there is room.
_PHASE_COLUMNS, _WIDE_COLUMNS = 11, 60


@dataclass(frozen=True, slots=True)
class Gauge:
    """A quantity, `12 min`, and its limit, `10 h`, empty where it has none.

    `fraction` is how much of the limit is used, None without one; `unit` is that of both, where
    they do not name it themselves. `is_limit` is whether coming near it is a warning; a number of
    things to do is none.
    """

    used: str
    limit: str = ""
    fraction: float | None = None
    unit: str = ""
    is_limit: bool = True

    @property
    def whole(self) -> str:
        """Return `12 min of 10 h`, or the quantity alone."""
        return f"{self.used} of {self.limit} {self.unit}".rstrip() if self.limit else self.alone

    @property
    def alone(self) -> str:
        """Return `12 min`."""
        return f"{self.used} {self.unit}".rstrip()


@dataclass(frozen=True, slots=True)
class Progress:
    """How far something is.

    Args:
        phase: what is being done, in a word or two.
        gauges: quantities, the most important one first.
        remark: what else is of interest, shown where there is room for it.
    """

    phase: str
    gauges: tuple[Gauge, ...] = ()
    remark: str = ""

    def to_text(self) -> str:
        """Return the line without bars, for where lines stay."""
        parts = [*(gauge.whole for gauge in self.gauges), self.remark.rstrip()]
        details = ", ".join(part for part in parts if part)
        return f"{self.phase}: {details}" if details else self.phase

    def to_spans(self, width: int, *, has_blocks: bool) -> list[Span]:
        """Return the line for a terminal: as much of it as there is room for.

        Args:
            width: the columns that it may take.
            has_blocks: bars may be made of block characters.
        """
        forms = (
            (True, self.remark, True),
            (True, "", True),
            (False, "", True),
            (False, "", False),
        )
        spans: list[Span] = []
        for has_limits_with_bars, remark, has_limits in forms:
            bars = sum(gauge.fraction is not None for gauge in self.gauges)
            bars = bars if has_limits_with_bars else 0
            room = width - width_of(self._spans(width, 0, remark, has_limits, has_blocks))
            frame = len(_GAP) - 1 if has_blocks else 3
            bar = 0 if bars == 0 else min(_LONGEST_BAR, room // bars - frame)
            spans = self._spans(width, max(bar, 0), remark, has_limits, has_blocks)
            if width_of(spans) <= width and (not bars or bar >= _LEAST_BAR):
                break
        return spans

    def _spans(
        self, width: int, bar: int, remark: str, has_limits: bool, has_blocks: bool
    ) -> list[Span]:
        gap = "" if width < _WIDE_COLUMNS else " " * (_PHASE_COLUMNS - len(self.phase))
        spans = [Span(self.phase, Style.PHASE), Span(gap)]
        for gauge in self.gauges:
            spans.append(Span(_GAP))
            if bar and gauge.fraction is not None:
                spans += [*bar_spans(gauge, bar, has_blocks=has_blocks), Span(" ")]
            spans.append(Span(gauge.whole if has_limits else gauge.alone))
        return [*spans, Span(_GAP), Span(remark, Style.DIM)] if remark else spans


def bar_spans(gauge: Gauge, width: int, *, has_blocks: bool) -> list[Span]:
    """Return a bar; it is full only when the limit is reached."""
    fraction = gauge.fraction or 0.0
    filled = min(width, int(width * max(0.0, fraction)))
    style = Style.WARNING if gauge.is_limit and fraction >= _NEARLY else Style.BAR
    if has_blocks:
        return [Span("\u2588" * filled, style), Span("\u2591" * (width - filled), Style.DIM)]
    return [Span("["), Span("#" * filled, style), Span("." * (width - filled)), Span("]")]
