"""What a job has cost by when, with its limits drawn in."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from parris.payloads import Payload, maybe_int_in, maybe_text_in, part_of, parts_in
from parris_cli.formatting import duration, money, usd
from parris_cli.pages.axis import Axis
from parris_cli.pages.charts import COMPACT, Chart, Dot, Label, Line

if TYPE_CHECKING:
    from parris_cli.runs.one_run import OneRun

_UNITS = (("days", 86_400), ("hours", 3_600), ("minutes", 60), ("seconds", 1))
# So many of a unit are the least that an axis is labelled with.
_FEWEST = 2
_ROOM = 1.1


def cost_chart(one: OneRun) -> Chart | None:
    """Return the chart, or None for a job that no machine ran for, or whose price is not known.

    The time is that on machines, as the limits count it: pauses between attempts are left out.
    """
    run = one.run
    if run.runtime_seconds is None or run.cost_usd is None:
        return None
    limit_seconds, limit_usd = run.time_limit_seconds, run.cost_limit_usd
    clock_seconds = _clock_seconds(one)
    latest_seconds = max(limit_seconds or 0, clock_seconds or 0)
    seconds, spent = run.runtime_seconds, float(run.cost_usd)
    unit, unit_seconds = _unit_of(max(seconds, latest_seconds))
    frame = COMPACT
    x_most = max(seconds * _ROOM, latest_seconds, 1) / unit_seconds
    y_most = max(spent, float(limit_usd or 0)) * _ROOM or 1.0
    x_axis = Axis(0.0, x_most, frame.left, frame.right)
    y_axis = Axis(0.0, y_most, frame.bottom, frame.top)
    points = tuple(
        (x_axis.at(at / unit_seconds), y_axis.at(float(amount))) for at, amount in _points(one)
    )
    lines, labels = [Line(points, "spent", "cost")], []
    if limit_usd:
        height = y_axis.at(float(limit_usd))
        lines.append(Line(((frame.left, height), (frame.right, height)), "limit", "cost limit"))
        text = f"cost limit, {money(str(limit_usd))} USD"
        labels.append(Label(frame.left + 6, height + 14, text))
    for name, allowed, height in (
        ("time limit", limit_seconds, 8),
        ("clock time", clock_seconds, 24),
    ):
        if allowed:
            at = x_axis.at(allowed / unit_seconds)
            lines.append(Line(((at, frame.top), (at, frame.bottom)), "limit", name))
            text = f"{name}, {duration(allowed)}"
            labels.append(Label(at - 6, frame.bottom - height, text, "end"))
    shown = f"{usd(run.cost_usd)} USD after {duration(seconds)}"
    return Chart(
        title="Cost against time",
        summary=f"{shown}. {_limits_text(one)}",
        x_label=f"{unit} on machines",
        y_label="USD",
        x_ticks=x_axis.ticks,
        y_ticks=y_axis.ticks,
        lines=tuple(lines),
        dots=(Dot(*points[-1], "spent", shown),),
        labels=tuple(labels),
        frame=frame,
    )


def attempts_of(one: OneRun) -> tuple[Payload, ...]:
    """Return the attempts that have ended, in their order."""
    return parts_in(one.outcome, "attempts") or parts_in(part_of(one.state, "job"), "past_attempts")


def attempt_cost(attempt: Payload) -> str | None:
    """Return what an attempt has cost in USD, None where that is not known."""
    return maybe_text_in(attempt, "estimated_cost_usd") or maybe_text_in(attempt, "cost_usd")


def _points(one: OneRun) -> list[tuple[int, Decimal]]:
    """Return the seconds and the USD at the end of each attempt, and as of now or of the end."""
    points = [(0, Decimal(0))]
    for attempt in attempts_of(one):
        seconds, amount = maybe_int_in(attempt, "runtime_seconds"), attempt_cost(attempt)
        if seconds and amount is not None:
            points.append((points[-1][0] + seconds, points[-1][1] + Decimal(amount)))
    last = (one.run.runtime_seconds or 0, one.run.cost_usd or Decimal(0))
    return [point for point in points if point[0] < last[0]] + [last]


def _clock_seconds(one: OneRun) -> int | None:
    """Return how long after its launch a job of one attempt must be over, None for any other."""
    run = one.run
    if run.clock_time is None or run.started_at is None or len(attempts_of(one)) > 1:
        return None
    return max(0, int((run.clock_time - run.started_at).total_seconds()))


def _unit_of(seconds: int) -> tuple[str, int]:
    return next((unit for unit in _UNITS if seconds >= _FEWEST * unit[1]), _UNITS[-1])


def _limits_text(one: OneRun) -> str:
    run = one.run
    drawn = sum(map(bool, (run.time_limit_seconds, run.cost_limit_usd, _clock_seconds(one))))
    if drawn:
        return "The dashed line is its limit." if drawn == 1 else "The dashed lines are its limits."
    if run.clock_time is not None:
        return "Its limit is a time on the clock, which counts the pauses between attempts."
    return "It has no limit but that of every job."
