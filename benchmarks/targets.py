"""The targets with their measurements. They are shown, not asserted."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from benchmarks.cold_starts import ColdStart
from benchmarks.measure_job import JobFigures
from benchmarks.packages import Package

MOST_EVENTS, MOST_TRANSITIONS, MOST_USD = 400, 120, Decimal("0.004")
MOST_SPOT_EVENTS = 800
MOST_COLD_MS, MOST_PACKAGE_BYTES = 300, 3_000_000
_POLL = "PollTerminationCondition"


@dataclass(frozen=True, slots=True)
class Target:
    """One target and its worst measurement."""

    words: str
    measured: str
    is_met: bool


def targets_of_jobs(jobs: Sequence[JobFigures]) -> list[Target]:
    """Return the targets for jobs."""
    fixed = [job for job in jobs if not job.plan.is_spot]
    spot = [job for job in jobs if job.plan.is_spot]
    afters = [job.after_the_script for job in jobs if job.after_the_script is not None]
    overshoots = [job.overshoot_seconds for job in jobs if job.overshoot_seconds is not None]
    bills = [job.bill for job in jobs if job.bill is not None]
    within = sum(bill.least_usd <= bill.usd <= bill.limit_usd for bill in bills)
    steps = sorted({(after.wakes, after.polls, after.timed_checks) for after in afters})
    return [
        _most("history events, fixed price", [one.history_events for one in fixed], MOST_EVENTS),
        _most("transitions, fixed price", [one.transitions for one in fixed], MOST_TRANSITIONS),
        _most("orchestration USD, fixed price", [one.usd for one in fixed], MOST_USD),
        _most("history events, spot", [one.history_events for one in spot], MOST_SPOT_EVENTS),
        Target(
            "script's end to end call: (wakes, Polls, timed checks) = (1, 1, 0)",
            ", ".join(map(str, steps)),
            steps == [(1, 1, 0)],
        ),
        _most("time limit overshot, seconds", overshoots, 0),
        Target(
            "bills within their cost limit, and not further below than the reserve",
            f"{within} of {len(bills)}",
            within == len(bills),
        ),
    ]


def targets_of_functions(
    cold_starts: Sequence[ColdStart], packages: Sequence[Package]
) -> list[Target]:
    """Return the targets for functions and packages."""
    polls = [round(one.cold_ms) for one in cold_starts if one.function == _POLL]
    return [
        _most("cold start of Poll, milliseconds", polls, MOST_COLD_MS),
        _most(
            "a package, bytes zipped", [one.zipped_bytes for one in packages], MOST_PACKAGE_BYTES
        ),
    ]


def _most(words: str, measured: Sequence[int | float | Decimal], most: int | Decimal) -> Target:
    worst = max(measured, default=None)
    return Target(f"{words}: at most {most}", str(worst), worst is not None and worst <= most)
