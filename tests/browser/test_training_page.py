"""The page of the training API in a browser: what it shows, and how it is used."""

from __future__ import annotations

import itertools
import threading
from typing import TYPE_CHECKING, Any

import pytest

from parris_cli.serving.api_client import ApiClient, WithToken
from parris_cli.serving.page_server import PageServer
from tests.browser.watched_page import watched_page
from tests.training_page import INVALID, JOB, FakeApi, fake_api

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = pytest.mark.browser
WAIT_MS = 20_000


@pytest.fixture
def api() -> Iterator[FakeApi]:
    with fake_api() as running:
        yield running


@pytest.fixture
def url(api: FakeApi) -> Iterator[str]:
    with PageServer(ApiClient(api.url, WithToken("")), 0) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield server.url
        server.shutdown()
        thread.join()


@pytest.fixture
def page(browser: Any, url: str) -> Iterator[Any]:
    """The page, which fails the test at an error, or at a request to anybody else."""
    with watched_page(browser) as (opened, troubles):
        opened.set_default_timeout(WAIT_MS)
        opened.on(
            "request",
            lambda one: None if one.url.startswith((url, "data:")) else troubles.append(one.url),
        )
        opened.goto(url)
        yield opened


def file_of(folder: Path, text: str = "id,text,label\n1,a,yes\n\n1,b,no\n") -> str:
    path = folder / "data.csv"
    path.write_text(text)
    return str(path)


def test_a_sleeping_server_offers_a_training(page: Any) -> None:
    page.get_by_text("nothing is running").wait_for()
    assert page.locator("#progress").is_hidden()
    assert page.get_by_role("button", name="Start training").is_enabled()
    assert page.get_by_label("Kind of task").input_value() == "text"
    # The list of jobs comes after the status.
    page.locator("#job-rows tr").first.wait_for()
    assert page.locator("#job-rows tr").count() == 1


def test_the_status_refreshes_itself(page: Any, api: FakeApi) -> None:
    page.get_by_text("nothing is running").wait_for()
    api.job = dict(JOB)
    page.get_by_text("the training is running").wait_for()
    assert page.locator("#time").text_content().startswith("25 min of 1 h, ends by")
    assert page.locator("#cost").text_content() == "0.3120 USD of 1.0000 USD"
    assert page.locator("#cost-bar").get_attribute("aria-labelledby") == "cost-label"
    curve = page.get_by_role("img", name="loss: 20 points")
    curve.wait_for()
    points = curve.locator("polyline").get_attribute("points").split(" ")
    assert len(points) == 20
    assert page.get_by_role("link", name="model.json").get_attribute("href").endswith("model.json")
    assert "step=8" in page.locator("#log").text_content()


def test_violations_stand_beside_their_rows(page: Any, api: FakeApi, tmp_path: Path) -> None:
    api.refusal = INVALID
    page.get_by_label("Data set").set_input_files(file_of(tmp_path))
    page.get_by_role("button", name="Start training").click()
    heading = page.get_by_role("heading", name="Not started: 3 violations")
    heading.wait_for()
    assert page.evaluate("document.activeElement.id") == "violations-heading"
    rows = [row.all_text_contents() for row in (
        page.locator(f"#violation-rows tr:nth-child({number}) > *") for number in (1, 2, 3)
    )]  # fmt: skip
    assert rows[0][0] == "termination-options/time-limit"
    assert rows[1] == ["3", "", "this row is empty", ""]
    assert rows[2] == ["4", "id", "row 2 has the same id", "1,b,no"]


def test_a_training_is_started_and_stopped_with_the_keyboard(
    page: Any, api: FakeApi, tmp_path: Path
) -> None:
    page.get_by_text("nothing is running").wait_for()
    page.get_by_label("Data set").set_input_files(file_of(tmp_path))
    page.get_by_label("Time limit in hours").focus()
    page.keyboard.type("2")
    page.keyboard.press("Tab")
    page.keyboard.type("1.5")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.id") == "start"
    page.keyboard.press("Enter")
    page.get_by_text(f"started as {JOB['job_id']}").wait_for()
    (request,) = [one for one in api.requests if one[1] == "/train"]
    assert len(request[2]["idempotency-key"]) == 36
    assert b'"time-limit":2' in request[3]
    assert b'"cost-limit":1.5' in request[3]
    assert b'"task_type":"text"' in request[3]
    page.get_by_role("button", name="Stop and save").focus()
    page.keyboard.press("Enter")
    page.get_by_text("it saves its results, then it ends").wait_for()
    page.get_by_text("results are saved, and what was launched is ended").wait_for()


def test_an_earlier_job_can_be_opened(page: Any) -> None:
    page.get_by_role("link", name="text-fedcba").click()
    page.get_by_text("It ended: COMPLETED.").wait_for()
    assert page.get_by_role("img", name="accuracy: 20 points").count() == 1


def test_a_lost_connection_is_said_and_tried_again(page: Any, api: FakeApi) -> None:
    page.get_by_text("nothing is running").wait_for()
    page.context.set_offline(True)
    page.get_by_role("alert").wait_for()
    page.context.set_offline(False)
    page.locator("#trouble").wait_for(state="hidden")


def test_everything_has_a_name_and_every_input_a_label(page: Any, api: FakeApi) -> None:
    api.job = dict(JOB)
    page.get_by_role("img", name="loss: 20 points").wait_for()
    unnamed = page.evaluate(
        """() => [...document.querySelectorAll("input, select, button, progress, svg, a, section")]
            .filter(one => !(one.labels && one.labels.length) && !one.textContent.trim()
                && !one.getAttribute("aria-label") && !one.getAttribute("aria-labelledby"))
            .map(one => one.outerHTML)"""
    )
    assert unnamed == []
    levels = page.evaluate(
        "[...document.querySelectorAll('h1, h2, h3')].map(one => Number(one.tagName[1]))"
    )
    assert levels[0] == 1
    assert all(later - earlier <= 1 for earlier, later in itertools.pairwise(levels))


def test_nothing_is_wider_than_a_phone_but_what_can_be_scrolled(page: Any, api: FakeApi) -> None:
    api.job = dict(JOB)
    page.set_viewport_size({"width": 360, "height": 740})
    page.get_by_role("img", name="loss: 20 points").wait_for()
    assert page.evaluate("document.documentElement.scrollWidth") <= 360


def test_what_is_wrong_is_seen_on_a_phone_without_scrolling_sideways(
    page: Any, api: FakeApi, tmp_path: Path
) -> None:
    api.refusal = INVALID
    page.set_viewport_size({"width": 360, "height": 740})
    page.get_by_label("Data set").set_input_files(file_of(tmp_path))
    page.get_by_role("button", name="Start training").click()
    page.get_by_role("heading", name="Not started: 3 violations").wait_for()
    table = "document.querySelector('#violations .wide')"
    assert page.evaluate(f"{table}.scrollWidth <= {table}.clientWidth")
