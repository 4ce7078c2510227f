"""The figures of the sweeps as tables: measured, calculated, and beside AWS's quotas."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from benchmarks.sweeps.measure import MAX_PARALLEL
from benchmarks.table import render_table

if TYPE_CHECKING:
    from collections.abc import Sequence

    from benchmarks.sweeps.measure import SweepFigures

MOST_TRIALS, MOST_PARALLEL = 10_000, 1_000
_GUIDE = "https://docs.aws.amazon.com/step-functions/latest/dg"
_DYNAMODB = "https://docs.aws.amazon.com/amazondynamodb/latest/developerguide"
_LAMBDA = "https://docs.aws.amazon.com/lambda/latest/dg"
_COUNTED = ("history_events", "transitions", "invocations", "api_calls", "write_units")


@dataclass(frozen=True, slots=True)
class _Quota:
    what: str
    quota: str
    sweep: str
    source: str


def report_sweeps(sweeps: Sequence[SweepFigures]) -> str:
    """Return the table of the measured sweeps, and of one of 10,000 trials."""
    head = ("Trials", "Hours", "Events", "Transitions", "Invocations", "API calls",
            "USD", "USD per trial", "Calls per second", "Most in a second", "Engine s")  # fmt: skip
    rows = [
        (f"{one.trials:,}", f"{one.hours:.1f}", f"{one.history_events:,}", f"{one.transitions:,}",
         f"{one.invocations:,}", f"{one.api_calls:,}", f"{one.usd:.4f}",
         f"{one.usd / one.trials:.5f}", f"{one.api_calls / one.hours / 3600:.2f}",
         str(one.most_calls_per_second), f"{one.engine_seconds:.0f}")
        for one in sweeps
    ]  # fmt: skip
    return render_table(head, [*rows, _calculated(sweeps[-2], sweeps[-1])])


def report_checks(sweeps: Sequence[SweepFigures]) -> str:
    """Return the table of what was checked in each sweep."""
    head = ("Trials", "Full trials", "Their cost differs by at most", "Budget kept", "trials.json")
    rows = [
        (f"{one.trials:,}", str(one.full_trials), f"{one.cost_difference:.2%}",
         "yes" if one.is_budget_kept else "NO", f"{one.trials_file_bytes:,} bytes")
        for one in sweeps
    ]  # fmt: skip
    return render_table(head, rows)


def report_quotas(sweeps: Sequence[SweepFigures]) -> str:
    """Return the table of AWS's quotas, beside what a sweep needs of them."""
    rows = [(one.what, one.quota, one.sweep, one.source) for one in _quotas(sweeps[-1])]
    head = ("Quota", "In us-east-1", "A sweep", "Source")
    return render_table(head, rows)


def _calculated(smaller: SweepFigures, larger: SweepFigures) -> tuple[str, ...]:
    """Return the row of the largest sweep: what each further trial of the measured ones took."""
    more = larger.trials - smaller.trials

    def at(name: str) -> float:
        each = (float(getattr(larger, name)) - float(getattr(smaller, name))) / more
        return float(getattr(larger, name)) + each * (MOST_TRIALS - larger.trials)

    hours, usd = at("hours"), at("usd")
    counts = {name: at(name) for name in _COUNTED}
    return (
        f"{MOST_TRIALS:,}, calculated",
        f"{hours:.1f}",
        f"{counts['history_events']:,.0f}",
        f"{counts['transitions']:,.0f}",
        f"{counts['invocations']:,.0f}",
        f"{counts['api_calls']:,.0f}",
        f"{usd:.4f}",
        f"{usd / MOST_TRIALS:.5f}",
        f"{counts['api_calls'] / hours / 3600:.2f}",
        str(larger.most_calls_per_second),
        "-",
    )


def _quotas(largest: SweepFigures) -> tuple[_Quota, ...]:
    size = largest.trials_file_bytes / largest.trials * MOST_TRIALS / 1e6
    return (
        _Quota(
            "StartExecution",
            "1,300 at once, then 300 per second",
            f"{largest.most_starts_per_second} in a second with {MAX_PARALLEL} at the same time;"
            f" at most {MOST_PARALLEL:,} with the largest max-parallel. A throttled start is"
            " repeated",
            f"{_GUIDE}/service-quotas.html",
        ),
        _Quota(
            "State transitions",
            "5,000 at once, then 1,500 per second; fewer in new accounts",
            f"{largest.transitions / largest.hours / 3600:.2f} per second. More only delay it",
            f"{_GUIDE}/service-quotas.html",
        ),
        _Quota(
            "Children of a Distributed Map",
            "10,000 at the same time",
            f"max-parallel, at most {MOST_PARALLEL:,}",
            f"{_GUIDE}/state-map-distributed.html",
        ),
        _Quota("Open Map Runs", "1,000", "1 for each sweep", f"{_GUIDE}/service-quotas.html"),
        _Quota(
            "Open executions",
            "1,000,000",
            f"1, and 2 for each trial that runs: at most {2 * MOST_PARALLEL + 1:,}",
            f"{_GUIDE}/service-quotas.html",
        ),
        _Quota(
            "Events of one execution",
            "25,000",
            "the sweep has those of its own states; each child and each run has its own history",
            f"{_GUIDE}/service-quotas.html",
        ),
        _Quota(
            "Writes of one partition of DynamoDB",
            "1,000 units per second",
            "a reservation and a settlement are 4 units each, all in the sweep's partition: 250 of"
            f" them per second. Measured: {largest.most_transactions_per_second} in a second with"
            f" {MAX_PARALLEL} at the same time. With {MOST_PARALLEL:,} the first reservations take"
            " several seconds: those that are throttled, or that meet another one, are repeated",
            f"{_DYNAMODB}/bp-partition-key-design.html",
        ),
        _Quota(
            "Functions at the same time",
            "1,000; 10 in new accounts",
            f"{largest.most_invocations_per_second} in a second with {MAX_PARALLEL} at the same"
            " time. A throttled invocation is repeated",
            f"{_LAMBDA}/gettingstarted-limits.html",
        ),
        _Quota(
            "File that an ItemReader reads",
            "10 GB",
            f"trials.json has {size:.1f} MB with {MOST_TRIALS:,} trials",
            f"{_GUIDE}/input-output-itemreader.html",
        ),
    )
