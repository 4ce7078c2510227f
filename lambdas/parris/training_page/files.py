"""The files of the page, and the headers with which each is served."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

PAGE = "page.html"
_FOLDER = Path(__file__).parent
_MEDIA_TYPES = {
    "page.html": "text/html; charset=utf-8",
    "page.css": "text/css; charset=utf-8",
    "api.js": "text/javascript; charset=utf-8",
    "drawing.js": "text/javascript; charset=utf-8",
    "login.js": "text/javascript; charset=utf-8",
    "page.js": "text/javascript; charset=utf-8",
}


@dataclass(frozen=True, slots=True)
class PageFile:
    """A file of the page. `tag` differs between versions of it, and is quoted as ETag wants it."""

    content: str
    media_type: str
    tag: str


def find_page_file(name: str) -> PageFile | None:
    """Return the file of that name, None if the page has no such file."""
    if name not in _MEDIA_TYPES:
        return None
    content = (_FOLDER / name).read_text("utf-8")
    digest = hashlib.sha256(content.encode()).hexdigest()[:32]
    return PageFile(content, _MEDIA_TYPES[name], f'"{digest}"')


def page_headers(connects_to: Iterable[str] = ()) -> dict[str, str]:
    """Return the headers of each file: the page loads nothing from elsewhere, and is in no frame.

    Args:
        connects_to: origins to which the page may send requests, beside its own.
    """
    connected = " ".join(["'self'", *connects_to])
    return {
        "content-security-policy": "default-src 'none'; script-src 'self'; style-src 'self';"
        f" connect-src {connected}; img-src data:; form-action 'none'; frame-ancestors 'none';"
        " base-uri 'none'",
        "x-content-type-options": "nosniff",
        "referrer-policy": "no-referrer",
        # Kept by the browser, but never used without asking whether it is still the present one.
        "cache-control": "no-cache",
    }
