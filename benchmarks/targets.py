"""The targets with their measurements. They are shown, not asserted."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from benchmarks.cold_starts import ColdStart
from benchmarks.job_plans import Ending
from benchmarks.measure_job import JobFigures
from benchmarks.packages import Package

MOST_COLD_MS, MOST_PACKAGE_BYTES = 300, 3_000_000
_POLL = "PollTerminationCondition"
_SHORTEST = "10 minutes"


@dataclass(frozen=True, slots=True)
class Most:
    """What a job may take at most."""

    transitions: int
    events: int
    usd: Decimal
    api_calls: int


SPOT_BEFORE = Most(208, 788, Decimal("0.0055"), 437)
"""Of the spot job before it left its last thousandth unspent and its waits became sleeps."""
MOST_OF_SPOT = Most(
    SPOT_BEFORE.transitions * 6 // 10,
    SPOT_BEFORE.events * 6 // 10,
    SPOT_BEFORE.usd * 6 / 10,
    SPOT_BEFORE.api_calls * 6 // 10,
)
MOST_OF_SHORT_SCRIPT = Most(36, 140, Decimal("0.0012"), 115)
MOST_OF_OTHERS = Most(44, 175, Decimal("0.0014"), 130)


@dataclass(frozen=True, slots=True)
class Target:
    """One target and its worst measurement. `floor` is the worst floor, where there is one."""

    words: str
    measured: str
    is_met: bool
    floor: str = ""


def targets_of_jobs(jobs: Sequence[JobFigures]) -> list[Target]:
    """Return the targets for jobs."""
    fixed = [job for job in jobs if not job.plan.is_spot]
    short = [job for job in fixed if is_short_script(job)]
    others = [job for job in fixed if not is_short_script(job)]
    spot = [job for job in jobs if job.plan.is_spot]
    afters = [job.after_the_script for job in jobs if job.after_the_script is not None]
    overshoots = [job.overshoot_seconds for job in jobs if job.overshoot_seconds is not None]
    bills = [job.bill for job in jobs if job.bill is not None]
    within = sum(bill.least_usd <= bill.usd <= bill.limit_usd for bill in bills)
    steps = sorted({(after.wakes, after.polls, after.timed_checks) for after in afters})
    return [
        *_orchestration(f"{_SHORTEST}, ended by the script", short, MOST_OF_SHORT_SCRIPT),
        *_orchestration("every other job at a fixed price", others, MOST_OF_OTHERS),
        *_orchestration("30 days on spot, 60 % of what it took before", spot, MOST_OF_SPOT),
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


def is_short_script(job: JobFigures) -> bool:
    """Return whether this is the job of ten minutes that its script ends."""
    return job.plan.length == _SHORTEST and job.plan.ending is Ending.SCRIPT


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


def _orchestration(which: str, jobs: Sequence[JobFigures], most: Most) -> list[Target]:
    floor = str(max((one.floor for one in jobs), default=""))
    return [
        _most(f"{which}: transitions", [one.transitions for one in jobs], most.transitions, floor),
        _most(f"{which}: events", [one.history_events for one in jobs], most.events),
        _most(f"{which}: USD", [one.usd for one in jobs], most.usd),
        _most(f"{which}: API calls", [one.api_calls for one in jobs], most.api_calls),
    ]


def _most(
    words: str, measured: Sequence[int | float | Decimal], most: int | Decimal, floor: str = ""
) -> Target:
    worst = max(measured, default=None)
    return Target(
        f"{words}: at most {most}", str(worst), worst is not None and worst <= most, floor
    )
