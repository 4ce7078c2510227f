"""Renders the report page of a job."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from parris.payloads import maybe_text_in, part_of, parts_in
from parris.reasons import SUCCESSFUL_REASONS, EndReason
from parris.retention.keep_until import expiry_text
from parris_cli.formatting import duration, money, usd
from parris_cli.job_report.cost_chart import attempt_cost, attempts_of, cost_chart
from parris_cli.job_report.own_cost import own_cost_text
from parris_cli.job_report.series import metric_chart, series_of
from parris_cli.job_report.timeline import states_of, stretches_of
from parris_cli.local_runs.local_run import INTERRUPTED
from parris_cli.pages.render import render_page, utc_text
from parris_cli.reports.report import REASON_WORDS

if TYPE_CHECKING:
    from datetime import datetime

    from parris_cli.job_report.job_facts import JobFacts
    from parris_cli.runs.one_run import OneRun
    from parris_cli.runs.run import Run

_TEMPLATE = "job.html.jinja"
_MOST_CHARTS = 24
_STEPS = {
    "watch": "Follow it",
    "stop": "End it",
    "results": "Download its results",
    "rerun": "Run it again",
}


def render_job_page(facts: JobFacts, now: datetime) -> str:
    """Return the page as HTML. It needs no network and no script.

    Args:
        facts: the job.
        now: when they were read.
    """
    one, run = facts.one, facts.one.run
    series = series_of(facts.metrics.values)
    return render_page(
        __package__,
        _TEMPLATE,
        facts=facts,
        one=one,
        run=run,
        now=now,
        state=_state_words(run),
        kind=_kind(run),
        cause=one.cause.splitlines(),
        figures=_figures(one),
        limits=_limits(run, now),
        parts=parts_in(part_of(one.outcome, "cost_basis"), "components"),
        cost_chart=cost_chart(one),
        why_no_cost=_why_no_cost(run),
        stretches=stretches_of(one, now),
        states=states_of(one),
        attempts=[
            (number, attempt, attempt_cost(attempt))
            for number, attempt in enumerate(attempts_of(one), 1)
        ],
        series=series,
        metric_charts=[metric_chart(each) for each in series[:_MOST_CHARTS]],
        config=json.dumps(facts.config, indent=2, ensure_ascii=False).split("\n"),
        files=[(name, part_of(one.record, name)) for name in ("script", "code")],
        kept=_kept_text(one),
        own_cost=own_cost_text(one),
        steps=[
            (words, command)
            for name, words in _STEPS.items()
            if (command := facts.steps.to_json()[name])
        ],
    )


def _kind(run: Run) -> str:
    if run.is_running:
        return "running"
    return "succeeded" if run.state in SUCCESSFUL_REASONS else "failed"


def _state_words(run: Run) -> str:
    if run.is_running:
        return "The job is running."
    if run.state == INTERRUPTED:
        return "The command that ran it was interrupted."
    if run.state == EndReason.COMPLETED:
        return "The script ended successfully."
    words = REASON_WORDS.get(EndReason(run.state), "") if run.state in set(EndReason) else ""
    return f"{words[:1].upper()}{words[1:]}." if words else ""


def _figures(one: OneRun) -> list[tuple[str, str, str]]:
    """Return name, value and remark of what one wants to know first."""
    run = one.run
    found = []
    if run.cost_usd is not None:
        limit = run.cost_limit_usd
        remark = "USD, no limit" if limit is None else f"of {money(str(limit))} USD"
        found.append(("Cost, estimated", usd(run.cost_usd), remark))
    if run.runtime_seconds is not None:
        seconds = run.time_limit_seconds
        remark = "no limit" if run.clock_time is None else f"by {utc_text(run.clock_time)}"
        remark = remark if seconds is None else f"of {duration(seconds)}"
        found.append(("Time on machines", duration(run.runtime_seconds), remark))
    if run.title:
        found.append(("Runs on" if run.is_running else "Ran on", run.title, run.target))
    exit_status = one.outcome.get("exit_status")
    if exit_status is not None:
        found.append(("Exit status of the script", str(exit_status), ""))
    count = len(attempts_of(one))
    if one.run.is_running and one.max_attempts > 1:
        found.append(("Attempt", str(one.attempt), f"of at most {one.max_attempts}"))
    elif count > 1:
        found.append(("Attempts", str(count), ""))
    return found


def _limits(run: Run, now: datetime) -> list[tuple[str, str, str, str]]:
    """Return name, what it allows, what was used of it and what is left, of each limit."""
    found = []
    if run.time_limit_seconds and run.runtime_seconds is not None:
        allowed, used = run.time_limit_seconds, run.runtime_seconds
        left = duration(allowed - used) if used <= allowed else f"{duration(used - allowed)} over"
        found.append(("time-limit", duration(allowed), duration(used), left))
    left_seconds = run.clock_left_seconds(now)
    if run.clock_time is not None and left_seconds is not None:
        ended = "" if run.ended_at is None else f"ended {utc_text(run.ended_at)}"
        left = duration(left_seconds) if left_seconds >= 0 else f"{duration(-left_seconds)} over"
        found.append(("clock-time", f"by {utc_text(run.clock_time)}", ended, left))
    if run.cost_limit_usd and run.cost_usd is not None:
        most, spent = run.cost_limit_usd, run.cost_usd
        left = f"{usd(abs(most - spent))} USD" + (" over" if spent > most else "")
        found.append(("cost-limit", f"{money(str(most))} USD", f"{usd(spent)} USD", left))
    return found


def _why_no_cost(run: Run) -> str:
    if run.runtime_seconds is None:
        return "No machine was launched, so it has cost nothing."
    return "The price of its machine is not known."


def _kept_text(one: OneRun) -> str:
    usd_per_month = maybe_text_in(one.outcome, "kept_usd_per_month")
    if usd_per_month is None:
        return ""
    expiry = expiry_text(maybe_text_in(one.outcome, "keep_until"))
    until = "until you delete it" if expiry is None else f"until {expiry}, then it is deleted"
    return f"{usd_per_month} USD per month {until}"
