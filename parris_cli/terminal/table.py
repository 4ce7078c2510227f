"""Tables for a terminal and for a pipe: cells below each other."""

from __future__ import annotations

from typing import TYPE_CHECKING

from parris_cli.terminal.cells import cell_width
from parris_cli.terminal.style import Span

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

_GAP = "  "


def aligned(
    rows: Sequence[Sequence[Span]], numbers: Collection[int] = ()
) -> list[tuple[Span, ...]]:
    """Return the rows with their cells below each other.

    Args:
        rows: as many cells in each.
        numbers: the places of the columns that are aligned to the right.
    """
    widths = [max(cell_width(cell.text) for cell in column) for column in zip(*rows, strict=True)]
    return [_line(row, widths, numbers) for row in rows]


def _line(row: Sequence[Span], widths: Sequence[int], numbers: Collection[int]) -> tuple[Span, ...]:
    spans: list[Span] = []
    for place, (cell, width) in enumerate(zip(row, widths, strict=True)):
        space = Span(" " * (width - cell_width(cell.text)))
        gap = [Span(_GAP)] if place else []
        spans += [*gap, space, cell] if place in numbers else [*gap, cell, space]
    while spans and not spans[-1].text.strip():
        spans.pop()
    return tuple(spans)
