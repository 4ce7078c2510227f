"""What a chart consists of: its frame, and the shapes in it, in units of the drawing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from parris_cli.pages.axis import Tick


@dataclass(frozen=True, slots=True)
class Frame:
    """The size of a drawing, and where in it the area between the axes begins and ends."""

    width: int
    height: int
    left: int
    right: int
    top: int
    bottom: int


WIDE = Frame(width=760, height=262, left=64, right=744, top=22, bottom=222)
"""A chart of its own, which scrolls on a phone."""
COMPACT = Frame(width=400, height=236, left=56, right=386, top=24, bottom=196)
"""One of several charts, side by side where there is room; its text can be read on a phone."""


@dataclass(frozen=True, slots=True)
class Dot:
    """A point with a tooltip. `kind` is the class that the style sheet colours."""

    x: float
    y: float
    kind: str
    tooltip: str


@dataclass(frozen=True, slots=True)
class Bar:
    """A bar that stands on the bottom of the drawing area."""

    x: float
    y: float
    width: float
    height: float
    kind: str
    tooltip: str


@dataclass(frozen=True, slots=True)
class Line:
    """A line through points. `strength` is between 0 (faint) and 1."""

    points: tuple[tuple[float, float], ...]
    kind: str
    tooltip: str = ""
    strength: float = 1.0

    @property
    def path(self) -> str:
        """Return the points as SVG has them."""
        return " ".join(f"{x:g},{y:g}" for x, y in self.points)


@dataclass(frozen=True, slots=True)
class Label:
    """A text in the drawing area. `anchor` says which of its ends is at `x`."""

    x: float
    y: float
    text: str
    anchor: str = "start"


@dataclass(frozen=True, slots=True)
class Chart:
    """A chart with two axes. `summary` says in words what it shows."""

    title: str
    summary: str
    x_label: str
    y_label: str
    x_ticks: tuple[Tick, ...]
    y_ticks: tuple[Tick, ...]
    lines: tuple[Line, ...] = ()
    bars: tuple[Bar, ...] = ()
    dots: tuple[Dot, ...] = ()
    labels: tuple[Label, ...] = ()
    frame: Frame = WIDE


def steps(points: list[tuple[float, float]]) -> tuple[tuple[float, float], ...]:
    """Return the corners of a line that keeps each value until the next one."""
    corners: list[tuple[float, float]] = []
    for x, y in points:
        if corners:
            corners.append((x, corners[-1][1]))
        corners.append((x, y))
    return tuple(corners)
