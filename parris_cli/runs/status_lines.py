"""One run in lines for people: where it is, how far, and what can be done about it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from parris.payloads import maybe_text_in, part_of, parts_in
from parris.retention.keep_until import expiry_text
from parris_cli.formatting import age, clock_time, duration, full_time, money, usd
from parris_cli.reports.cause import cause_lines
from parris_cli.runs.lines import state_span
from parris_cli.terminal.progress import Gauge, bar_spans
from parris_cli.terminal.style import Span, Style

if TYPE_CHECKING:
    from datetime import datetime

    from parris.payloads import Payload
    from parris_cli.reports.next_steps import NextSteps
    from parris_cli.runs.one_run import OneRun
    from parris_cli.runs.run import Run
    from parris_cli.terminal.capabilities import Capabilities

_LABEL_COLUMNS = 9
_BAR_COLUMNS = 20
_MOST_METRICS = 10
Line = tuple[Span, ...]


def status_lines(one: OneRun, now: datetime, can: Capabilities, steps: NextSteps) -> list[Line]:
    """Return the lines for a run.

    Args:
        one: the run.
        now: the time.
        can: what they are written to: a bar needs a terminal.
        steps: what can be done about it.
    """
    run = one.run
    lines: list[Line] = [(Span(run.job_id, Style.BOLD), Span("  "), state_span(run))]
    if one.cause:
        head, *rest = cause_lines(one.cause, run.state)
        lines += [_labelled("why", head), *(_labelled("", text) for text in rest)]
    lines += [_labelled("who", _who(run, now))]
    lines += [_labelled("on", f"{run.title} ({run.target})")] if run.title else []
    lines += _path_lines(one, now)
    lines += [_gauge_line(name, gauge, can) for name, gauge in _gauges(run)]
    lines += [_labelled("clock", text) for text in _clock(run, now)]
    lines += [_labelled("ends", one.ends.removeprefix("ends "))] if one.ends else []
    if one.next_check_at is not None and one.next_check_at > now:
        at = clock_time(one.next_check_at, now)
        lines.append(_labelled("check", f"at {at}, or when an event or a request comes"))
    lines += [_labelled("attempt", text) for text in _attempts(one)]
    lines += [_labelled("kept", text) for text in _kept(one.outcome)]
    lines += [_labelled("metric", text) for text in _metric_texts(run.metrics)]
    lines += [_labelled("results", run.results_uri)] if run.results_uri else []
    lines += [(Span("      | ", Style.DIM), Span(text)) for text in one.log]
    lines += [_labelled("note", text, Style.WARNING) for text in one.notes]
    return lines + [(Span(text),) for text in steps.lines()]


def _labelled(label: str, text: str, style: Style = Style.PLAIN) -> Line:
    return (Span(f"  {label:<{_LABEL_COLUMNS}}", Style.DIM), Span(text, style))


def _who(run: Run, now: datetime) -> str:
    if run.submitted_at is None:
        return run.owner
    at = f"{run.owner}, submitted at {full_time(run.submitted_at)} ({age(run.submitted_at, now)})"
    return at if run.ended_at is None else f"{at}, ended at {clock_time(run.ended_at, now)}"


def _path_lines(one: OneRun, now: datetime) -> list[Line]:
    """Return how long each phase took, one line for each attempt."""
    lines: list[Line] = []
    for number in sorted({begun.attempt for begun in one.path}):
        texts = []
        for place, begun in enumerate(one.path):
            if begun.attempt != number:
                continue
            following = one.path[place + 1].at if place + 1 < len(one.path) else None
            until = following or one.run.ended_at or now
            seconds = max(0, int((until - begun.at).total_seconds()))
            texts.append(f"{begun.phase} {duration(seconds)}")
        lines.append(_labelled("path" if not lines else "", " > ".join(texts)))
    return lines


def _gauges(run: Run) -> list[tuple[str, Gauge]]:
    found = []
    if run.runtime_seconds is not None:
        used, limit = run.runtime_seconds, run.time_limit_seconds
        gauge = Gauge(duration(used))
        if limit:
            gauge = Gauge(duration(used), duration(limit), used / limit)
        found.append(("time", gauge))
    if run.cost_usd is not None:
        spent, most = run.cost_usd, run.cost_limit_usd
        gauge = Gauge(usd(spent), unit="USD")
        if most:
            gauge = Gauge(usd(spent), money(str(most)), float(spent / most), "USD")
        found.append(("cost", gauge))
    return found


def _gauge_line(name: str, gauge: Gauge, can: Capabilities) -> Line:
    label, text = _labelled(name, gauge.whole)
    if gauge.fraction is None or not can.is_terminal:
        return label, text
    bar = bar_spans(gauge, _BAR_COLUMNS, has_blocks=can.has_blocks)
    return label, *bar, Span("  "), text


def _clock(run: Run, now: datetime) -> list[str]:
    """Return the time on the clock by which it must be over, and how far from it that is."""
    left = run.clock_left_seconds(now)
    if run.clock_time is None or left is None:
        return []
    text = f"by {full_time(run.clock_time)}"
    if left < 0:
        return [f"{text}, exceeded by {duration(-left)}"]
    return [
        f"{text}, in {duration(left)}" if run.is_running else f"{text}, {duration(left)} before it"
    ]


def _attempts(one: OneRun) -> list[str]:
    attempts = parts_in(one.outcome, "attempts")
    if len(attempts) > 1:
        return [
            f"{attempt.get('number')}: {attempt.get('title')}, {attempt.get('reason')}"
            for attempt in attempts
        ]
    return [f"{one.attempt} of {one.max_attempts}"] if one.max_attempts > 1 else []


def _kept(outcome: Payload) -> list[str]:
    usd_per_month = maybe_text_in(outcome, "kept_usd_per_month")
    if usd_per_month is None:
        return []
    expiry = expiry_text(maybe_text_in(outcome, "keep_until"))
    until = "you delete it" if expiry is None else f"{expiry}, then deleted"
    return [f"at {usd_per_month} USD per month until {until}"]


def _metric_texts(metrics: Payload) -> list[str]:
    texts = []
    for name in list(metrics)[:_MOST_METRICS]:
        metric = part_of(metrics, name)
        step = metric.get("step")
        texts.append(f"{name} {metric.get('value')}" + ("" if step is None else f" at step {step}"))
    more = len(metrics) - _MOST_METRICS
    return [*texts, f"and {more} more"] if more > 0 else texts
