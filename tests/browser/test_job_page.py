"""The report page of a job, opened from disk in a browser."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any

import pytest

from parris_cli.job_report.render import render_job_page
from tests.browser.contrast import contrast, luminance
from tests.parris_cli.job_report.some_facts import (
    EVIL,
    facts_of_a_rejected_config,
    facts_of_a_running_job,
    facts_of_an_ended_job,
)
from tests.parris_cli.runs.some_runs import NOW

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.browser

FACTS = {
    "ended": facts_of_an_ended_job(),
    "hostile": facts_of_an_ended_job(EVIL),
    "long names": facts_of_an_ended_job("W" * 120),
    "running": facts_of_a_running_job(),
    "rejected": facts_of_a_rejected_config(),
}
# Each text with what is behind it, and the least contrast that WCAG asks for it at level AA.
CONTRASTS = """() => {
  const behind = element => {
    for (let one = element; one; one = one.parentElement) {
      const colour = getComputedStyle(one).backgroundColor;
      if (colour !== "rgba(0, 0, 0, 0)") return colour;
    }
  };
  return [...document.querySelectorAll("h1, h2, p, dt, dd, th, td, pre, code, small, figcaption")]
    .map(one => [getComputedStyle(one).color, behind(one)]);
}"""


@pytest.fixture(params=FACTS)
def opened(request: pytest.FixtureRequest, page: Any, tmp_path: Path) -> Any:
    """The page of a job."""
    file = tmp_path / "job.html"
    file.write_text(render_job_page(FACTS[request.param], NOW), encoding="utf-8")
    page.goto(file.as_uri())
    return page


def test_a_page_has_a_title_landmarks_and_headings_in_order(opened: Any) -> None:
    assert opened.title().startswith("iris-20261120t120000-04f2: ")
    assert opened.locator("main").count() == 1
    levels = opened.evaluate(
        "[...document.querySelectorAll('h1, h2, h3')].map(one => Number(one.tagName[1]))"
    )
    assert levels[0] == 1 and levels.count(1) == 1
    assert all(later - earlier <= 1 for earlier, later in pairwise(levels))


def test_each_drawing_and_table_has_a_name_for_a_screen_reader(opened: Any) -> None:
    for drawing in opened.locator("svg").all():
        for attribute in ("aria-labelledby", "aria-describedby"):
            assert opened.locator(f"#{drawing.get_attribute(attribute)}").inner_text()
    assert opened.locator("th:not([scope])").count() == 0
    repeated = "ids => ids.length - new Set(ids).size"
    ids = opened.evaluate("[...document.querySelectorAll('[id]')].map(one => one.id)")
    assert opened.evaluate(repeated, ids) == 0


@pytest.mark.parametrize("width", [360, 1100])
def test_nothing_is_wider_than_the_screen(opened: Any, width: int) -> None:
    opened.set_viewport_size({"width": width, "height": 740})
    assert opened.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_all_text_can_be_read(opened: Any, scheme: str) -> None:
    opened.emulate_media(color_scheme=scheme)
    found = {tuple(pair) for pair in opened.evaluate(CONTRASTS)}
    assert found
    assert {pair for pair in found if contrast(*map(luminance, pair)) < 4.5} == set()


def test_a_print_is_dark_on_white_and_cuts_nothing_off(opened: Any) -> None:
    opened.emulate_media(media="print", color_scheme="dark")
    opened.set_viewport_size({"width": 700, "height": 990})
    assert (
        opened.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    )
    assert opened.evaluate("document.documentElement.scrollWidth") <= 700
    texts = "[...document.querySelectorAll('pre')]"
    heights = f"{texts}.map(one => [one.scrollHeight, one.clientHeight])"
    for whole, shown in opened.evaluate(heights):
        assert whole <= shown + 1


def test_what_a_user_has_written_runs_nothing(page: Any, tmp_path: Path) -> None:
    file = tmp_path / "job.html"
    file.write_text(render_job_page(FACTS["hostile"], NOW), encoding="utf-8")
    page.on("dialog", lambda dialog: pytest.fail(dialog.message))
    page.goto(file.as_uri())
    assert page.locator("script").count() == 0
    assert page.locator("text=<script>alert('x')</script>").count() > 5
