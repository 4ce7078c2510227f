"""A page in a browser, which fails its test at an error of a script."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def watched_page(browser: Any, *, offline: bool = False) -> Iterator[tuple[Any, list[str]]]:
    """Open an empty page; return it, and its troubles, of which there must be none in the end."""
    context = browser.new_context(offline=offline)
    opened = context.new_page()
    troubles: list[str] = []
    opened.on("pageerror", lambda error: troubles.append(str(error)))
    yield opened, troubles
    context.close()
    assert troubles == []
