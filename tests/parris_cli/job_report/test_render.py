"""The report page of a job."""

import re
import xml.etree.ElementTree as ET
from dataclasses import replace
from decimal import Decimal

import pytest

from parris.metric_rows import MetricValue
from parris.payloads import Payload
from parris.reasons import EndReason
from parris_cli.job_report.cost_chart import cost_chart
from parris_cli.job_report.job_facts import JobFacts, Metrics
from parris_cli.job_report.own_cost import own_cost_text
from parris_cli.job_report.render import render_job_page
from parris_cli.job_report.series import metric_chart, series_of
from parris_cli.job_report.timeline import stretches_of
from parris_cli.pages.axis import Axis
from parris_cli.pages.charts import COMPACT
from parris_cli.runs.one_run import OneRun
from tests.parris_cli.job_report.some_facts import (
    EVIL,
    facts_of_a_rejected_config,
    facts_of_a_running_job,
    facts_of_an_ended_job,
)
from tests.parris_cli.runs.some_runs import NOW, a_run, hours_ago

SECTIONS = ("What ran", "Cost and limits", "Timeline", "Metrics", "Results", "Log", "Config")
FACTS = {
    "ended": facts_of_an_ended_job(),
    "running": facts_of_a_running_job(),
    "rejected": facts_of_a_rejected_config(),
    "of this machine": facts_of_an_ended_job(is_embedded=True, console_url=""),
    "without a history": replace(
        facts_of_an_ended_job(), one=replace(facts_of_an_ended_job().one, path=(), transitions=())
    ),
}


def words_of(facts: JobFacts) -> str:
    page = re.sub(
        r"<style>.*?</style>|<svg.*?</svg>|<[^>]+>", " ", render_job_page(facts, NOW), flags=re.S
    )
    return " ".join(page.split())


@pytest.mark.parametrize("facts", FACTS.values(), ids=FACTS)
def test_each_page_has_every_section_and_loads_nothing(facts: JobFacts) -> None:
    page = render_job_page(facts, NOW)
    assert re.findall(r"<h2[^>]*>(.*?)</h2>", page) == [*SECTIONS, "What Parris itself cost"]
    assert not re.search(r"<script|<link|<img|src=|url\(|@import", page)
    for drawing in re.findall(r"<svg.*?</svg>", page, flags=re.S):
        ET.fromstring(drawing)


def test_whatever_a_user_has_written_is_text() -> None:
    page = render_job_page(facts_of_an_ended_job(EVIL), NOW)
    assert "<script" not in page
    assert "\x1b" not in page and "\x00" not in page
    assert page.count("&lt;script&gt;alert") > 10


@pytest.mark.parametrize("reason", EndReason)
def test_each_reason_is_said_in_words(reason: EndReason) -> None:
    facts = replace(facts_of_a_rejected_config(), one=OneRun(a_run(state=reason)))
    assert re.search(r'<p class="words">[A-Z][^<]+\.</p>', render_job_page(facts, NOW))


def test_an_ended_job_says_what_to_do_next_and_what_is_left_of_its_limits() -> None:
    words = words_of(facts_of_an_ended_job())
    assert "Run it again parris rerun iris-20261120t120000-04f2" in words
    assert "time-limit 2 h 1 h 30 min 30 min cost-limit 2 USD 1.51 USD 0.4940 USD" in words
    assert "States of the workflow (3)" in words
    assert "1 file, 3.5 MB, in s3://bucket/results/" in words


def test_a_running_job_says_when_it_ends_and_how_to_follow_it() -> None:
    words = words_of(facts_of_a_running_job())
    assert "The job is running." in words
    assert "Ends by 16:00 UTC at the latest" in words
    assert "Follow it parris watch iris-20261120t120000-04f2" in words
    assert "while the job was running" in words


def test_what_is_empty_says_why() -> None:
    words = words_of(facts_of_a_rejected_config())
    for why in (
        "/instance-type: t3.micr is none",
        "No machine was launched, so it has cost nothing.",
        "No times are known.",
        "The script has printed no metric.",
        "The script wrote nothing into its results folder.",
        "The script has printed nothing.",
        "It is not known: the job has no record of a config that was accepted.",
    ):
        assert why in words


def test_the_cost_is_drawn_up_to_each_attempt_and_the_limits_with_it() -> None:
    chart = cost_chart(facts_of_an_ended_job().one)
    assert chart is not None
    hours = Axis(0.0, 2.0, COMPACT.left, COMPACT.right)
    usd = Axis(0.0, 2 * 1.1, COMPACT.bottom, COMPACT.top)
    spent, cost_limit, time_limit = chart.lines
    assert spent.points == (
        (hours.at(0), usd.at(0)),
        (hours.at(0.5), usd.at(0.5)),
        (hours.at(1.5), usd.at(1.506)),
    )
    assert {y for _, y in cost_limit.points} == {usd.at(2)}
    assert {x for x, _ in time_limit.points} == {hours.at(2)}


def test_a_job_without_a_price_has_no_chart_of_its_cost() -> None:
    assert cost_chart(OneRun(a_run(cost_usd=None))) is None
    assert cost_chart(OneRun(a_run(runtime_seconds=0, cost_usd=Decimal(0)))) is not None


def test_a_curve_keeps_its_peaks_and_its_ends_however_many_values_it_has() -> None:
    values = [MetricValue("loss", step, 1.0) for step in range(10_000)]
    values[5_003] = MetricValue("loss", 5_003, 9.0)
    (series,) = series_of(values)
    chart = metric_chart(series)
    points = chart.lines[0].points
    assert len(points) <= 401
    assert min(y for _, y in points) == COMPACT.top + 8
    assert points[0][0] == COMPACT.left + 8 and points[-1][0] == COMPACT.right - 8
    assert chart.summary == "From 1 to 1 at step 9999; least 1, largest 9."


def test_values_without_steps_are_drawn_in_their_order() -> None:
    (series,) = series_of([MetricValue("loss", None, 2.0), MetricValue("loss", 7, 1.0)])
    assert series.points == ((1.0, 2.0), (2.0, 1.0))
    assert series.last_step is None


def test_a_timeline_without_a_history_has_the_machines_of_the_record() -> None:
    stretches = stretches_of(FACTS["without a history"].one, NOW)
    assert [(each.name, each.attempt, each.seconds) for each in stretches] == [
        ("before its launch", 1, 360),
        ("on its machine", 1, 1800),
        ("on its machine", 2, 3600),
    ]
    assert all(each.left + each.width <= 100.01 for each in stretches)


def test_the_last_phase_of_a_running_job_lasts_until_now() -> None:
    stretches = stretches_of(facts_of_a_running_job().one, hours_ago(0))
    assert [(each.name, each.seconds) for each in stretches] == [
        ("checking", 360),
        ("training", 3600),
    ]


def test_what_parris_cost_follows_from_its_states_and_hours() -> None:
    one = facts_of_an_ended_job().one
    states = one.transitions * 12
    assert "About 0.0015 USD, estimated from 36 state transitions" in own_cost_text(
        replace(one, transitions=states)
    )
    assert "at most 50 state transitions" in own_cost_text(replace(one, transitions=()))


def test_many_metrics_have_a_bounded_number_of_charts_and_all_their_figures() -> None:
    values = tuple(MetricValue(f"m{number}", 1, 1.0) for number in range(60))
    page = render_job_page(facts_of_an_ended_job(metrics=Metrics(values)), NOW)
    assert page.count("<svg") == 1 + 24
    assert page.count('<th scope="row">m') == 60


def test_a_time_on_the_clock_is_among_the_limits() -> None:
    run = a_run(started_at=hours_ago(2), ended_at=hours_ago(1), clock_time=hours_ago(-2))
    facts = replace(facts_of_a_rejected_config(), one=OneRun(run))
    words = words_of(facts)
    assert "Time on machines 1 h by 2026-11-20 17:00:00 UTC" in words
    assert "clock-time by 2026-11-20 17:00:00 UTC ended 2026-11-20 14:00:00 UTC 3 h" in words
    assert "The dashed line is its limit." in words
    chart = cost_chart(facts.one)
    assert chart is not None
    assert [label.text for label in chart.labels] == ["clock time, 4 h"]


def test_the_parts_of_the_cost_are_said_to_be_those_of_the_last_attempt() -> None:
    facts = facts_of_an_ended_job()
    assert "What the cost of the last attempt is made of" in words_of(facts)
    outcome: Payload = {**facts.one.outcome, "attempts": []}
    words = words_of(replace(facts, one=replace(facts.one, record={"outcome": outcome})))
    assert "What the cost is made of" in words


def test_the_pauses_between_attempts_are_not_on_the_axis_of_a_time_on_the_clock() -> None:
    facts = facts_of_an_ended_job()
    run = replace(
        facts.one.run, clock_time=hours_ago(-2), time_limit_seconds=None, cost_limit_usd=None
    )
    words = words_of(replace(facts, one=replace(facts.one, run=run)))
    assert "counts the pauses between attempts" in words
    over = replace(run, clock_time=hours_ago(2))
    assert "1 h over" in words_of(replace(facts, one=replace(facts.one, run=over)))
