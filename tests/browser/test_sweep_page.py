"""The report page of a sweep, opened from disk in a browser."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from parris_cli.sweeps.page.render import render_sweep_page
from parris_cli.sweeps.view import SweepView
from tests.browser.contrast import contrast, luminance
from tests.parris_cli.sweeps.records import record_of_trials

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.browser


@pytest.fixture(params=[1, 12, 1000])
def trials(request: pytest.FixtureRequest) -> int:
    return int(request.param)


def open_page(page: Any, folder: Path, trials: int) -> None:
    file = folder / "sweep.html"
    file.write_text(render_sweep_page(SweepView.from_record(record_of_trials(trials))))
    page.goto(file.as_uri())


def test_the_page_shows_every_chart_and_trial_without_a_network(
    page: Any, tmp_path: Path, trials: int
) -> None:
    open_page(page, tmp_path, trials)
    assert page.title() == "Sweep iris"
    assert page.locator("svg[role=img]").count() == 4
    assert page.locator("tbody tr").count() >= trials


def test_nothing_is_wider_than_a_phone_but_what_can_be_scrolled(page: Any, tmp_path: Path) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    open_page(page, tmp_path, 12)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_text_can_be_read_on_a_light_and_on_a_dark_screen(
    page: Any, tmp_path: Path, scheme: str
) -> None:
    page.emulate_media(color_scheme=scheme)
    open_page(page, tmp_path, 12)
    colours = page.evaluate("(s => [s.color, s.backgroundColor])(getComputedStyle(document.body))")
    assert contrast(*map(luminance, colours)) >= 7


def test_each_mark_of_a_chart_lies_inside_of_its_drawing(page: Any, tmp_path: Path) -> None:
    open_page(page, tmp_path, 12)
    outside = page.evaluate(
        """() => [...document.querySelectorAll("svg")].flatMap(svg => {
            const frame = svg.getBoundingClientRect();
            return [...svg.querySelectorAll("circle, rect, polyline, text")].filter(mark => {
                const box = mark.getBoundingClientRect();
                return box.left < frame.left - 1 || box.right > frame.right + 1
                    || box.top < frame.top - 1 || box.bottom > frame.bottom + 1;
            }).map(mark => mark.outerHTML);
        })"""
    )
    assert outside == []
