"""A page in headless Chromium: the first one on PATH."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING, Any

import pytest

from tests.browser.watched_page import watched_page

if TYPE_CHECKING:
    from collections.abc import Iterator

PROGRAMS = ("chromium", "chromium-browser", "google-chrome")
# Without these, Chromium calls hosts of its own at each start.
_QUIET = (
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-quic",
    "--disable-sync",
    "--no-first-run",
    "--no-sandbox",
)


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """A running browser."""
    from playwright.sync_api import sync_playwright

    program = next(filter(None, map(shutil.which, PROGRAMS)))
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=program, args=list(_QUIET))
        yield started
        started.close()


@pytest.fixture
def page(browser: Any) -> Iterator[Any]:
    """A page that may not use the network, and fails the test at an error or a request."""
    with watched_page(browser, offline=True) as (opened, troubles):
        opened.on("console", lambda message: troubles.append(message.text))
        opened.on(
            "request",
            lambda one: None if one.url.startswith("file:") else troubles.append(one.url),
        )
        yield opened
