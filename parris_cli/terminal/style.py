"""Colours: text in pieces, each with a style, and what a terminal is sent for it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from parris_cli.terminal.cells import cell_width, cut_to_width

if TYPE_CHECKING:
    from collections.abc import Iterable


class Style(StrEnum):
    """How a piece of text looks, as parameters of the control sequence SGR."""

    PLAIN = ""
    BOLD = "1"
    DIM = "2"
    PHASE = "1;36"
    BAR = "36"
    GOOD = "1;32"
    BAD = "1;31"
    WARNING = "33"


@dataclass(frozen=True, slots=True)
class Span:
    """A piece of text in one style."""

    text: str
    style: Style = Style.PLAIN


def paint(text: str, style: Style, *, has_colour: bool) -> str:
    """Return a text as a terminal is to be sent it."""
    if not has_colour or not text or style is Style.PLAIN:
        return text
    return f"\x1b[{style.value}m{text}\x1b[0m"


def paint_spans(spans: Iterable[Span], *, has_colour: bool) -> str:
    """Return pieces as a terminal is to be sent them."""
    return "".join(paint(span.text, span.style, has_colour=has_colour) for span in spans)


def width_of(spans: Iterable[Span]) -> int:
    """Return how many columns pieces take."""
    return sum(cell_width(span.text) for span in spans)


def cut_spans(spans: Iterable[Span], width: int) -> list[Span]:
    """Return the beginning of pieces, as much as fits into so many columns."""
    left, fitting = width, []
    for span in spans:
        text = cut_to_width(span.text, left)
        fitting.append(Span(text, span.style))
        left -= cell_width(text)
        if text != span.text:
            break
    return fitting
