"""The report page of a sweep."""

import re
import xml.etree.ElementTree as ET
from decimal import Decimal
from random import Random

import pytest

from parris.payloads import Json, Payload
from parris_cli.pages.axis import Axis, value_axis
from parris_cli.pages.charts import WIDE
from parris_cli.sweeps.page.costs import budget_chart
from parris_cli.sweeps.page.history import history_chart
from parris_cli.sweeps.page.parallel import parallel_chart
from parris_cli.sweeps.page.render import render_sweep_page
from parris_cli.sweeps.view import SweepView
from tests.parris_cli.sweeps.records import record_of_trials, trial, trials_of


def sweep_of(number: int, **changed: Json) -> SweepView:
    return SweepView.from_record({**record_of_trials(number), **changed})


def test_the_page_loads_nothing_and_runs_no_script() -> None:
    page = render_sweep_page(sweep_of(30))
    assert not re.search(r"<script|<link|src=|url\(|@import|https?:", page)


def test_names_and_values_are_shown_as_text_whatever_they_contain() -> None:
    evil = "<script>alert('x')</script>"
    only: Payload = {**trial(Random(1), 0), "cause": evil, "reason": evil}
    only["parameters"] = {evil: evil}
    page = render_sweep_page(sweep_of(1, trials=[only], sweep_name=evil, parameters={}))
    assert "<script" not in page
    assert "&lt;script&gt;" in page


@pytest.mark.parametrize("number", [0, 1, 2, 400])
@pytest.mark.parametrize("goal", [None, {"metric": "loss", "direction": "maximize"}])
def test_each_drawing_is_well_formed_for_any_number_of_trials(number: int, goal: Json) -> None:
    page = render_sweep_page(sweep_of(number, goal=goal))
    drawings = re.findall(r"<svg.*?</svg>", page, flags=re.DOTALL)
    assert len(drawings) == (0 if number == 0 else 2 if goal is None else 4)
    for drawing in drawings:
        ET.fromstring(drawing)


def test_a_sweep_that_still_runs_shows_its_open_trials() -> None:
    ended = trials_of(Random(1), 2)
    open_one = {**trial(Random(1), 2), "status": "running", "value": None, "ended_at": None}
    counts: Payload = {"succeeded": 2, "running": 1}
    page = render_sweep_page(sweep_of(3, trials=[*ended, open_one], counts=counts, ended_at=None))
    assert ", 1 open" in page


def test_the_line_of_the_history_is_the_best_value_so_far() -> None:
    chart = history_chart(sweep_of(40))
    assert chart is not None
    heights = [y for _, y in chart.lines[0].points]
    # Down is better here, and the drawing's y grows downwards.
    assert heights == sorted(heights)
    assert max(heights) == max(dot.y for dot in chart.dots)


def test_the_line_of_the_budget_ends_at_what_the_trials_cost_together() -> None:
    sweep = sweep_of(10)
    chart = budget_chart(sweep)
    assert chart is not None
    total = sum((trial.spent_usd for trial in sweep.trials), Decimal(0))
    scale = Axis(0.0, 200 * 1.05, WIDE.bottom, WIDE.top)
    assert chart.lines[0].points[-1][1] == pytest.approx(scale.at(float(total)), abs=0.02)


def test_the_best_trial_is_drawn_last_so_that_it_is_on_top() -> None:
    sweep = sweep_of(40)
    chart = parallel_chart(sweep)
    assert chart is not None
    assert sweep.best is not None
    assert [line.kind for line in chart.lines[-2:]] == ["trial", "best"]
    assert chart.lines[-1].tooltip.startswith(f"trial {sweep.best.number}:")


@pytest.mark.parametrize(
    ("low", "high", "is_log", "labels"),
    [
        (0.0, 1.0, False, ["0", "0.2", "0.4", "0.6", "0.8", "1"]),
        (-3.0, 1234.0, False, ["0", "500", "1000"]),
        (1e-4, 0.1, True, ["0.0001", "0.001", "0.01", "0.1"]),
        (2.0, 5.0, True, ["2", "5"]),
        (7.0, 7.0, False, ["7"]),
        (7.0, 7.0, True, ["7"]),
    ],
)
def test_an_axis_labels_round_values_inside_of_its_range(
    low: float, high: float, is_log: bool, labels: list[str]
) -> None:
    axis = Axis(low, high, 0.0, 100.0, is_log)
    assert [tick.label for tick in axis.ticks] == labels
    assert all(0 <= tick.at <= 100 for tick in axis.ticks)


def test_a_logarithmic_axis_needs_positive_values() -> None:
    assert not value_axis([0.0, 1.0], 0.0, 1.0, is_log=True).is_log


def test_the_line_of_the_history_has_no_value_of_a_trial_that_failed() -> None:
    good = {**trial(Random(1), 0), "value": 0.5}
    failed = {**trial(Random(1), 1), "value": 0.1, "status": "failed"}
    chart = history_chart(sweep_of(2, trials=[good, failed]))
    assert chart is not None
    assert chart.summary == "Best loss after 2 trials: 0.5."
    assert len({y for _, y in chart.lines[0].points}) == 1
    alone = history_chart(sweep_of(1, trials=[failed]))
    assert alone is not None
    assert alone.lines == ()


def test_trials_that_were_stopped_early_are_marked() -> None:
    ended = trials_of(Random(1), 2)
    stopped: Payload = {**trial(Random(1), 2), "reason": "STOPPED_EARLY", "status": "succeeded"}
    page = render_sweep_page(sweep_of(3, trials=[*ended, stopped]))
    assert "(1 stopped early)" in page
    assert "Hollow dots are trials that were stopped early." in page
    assert page.count('<circle class="stopped-early"') == 1
    assert page.count('<rect class="stopped-early"') == 1
    assert "stopped early" not in render_sweep_page(sweep_of(3, trials=[*ended]))
