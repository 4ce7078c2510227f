"""The figures of one run as tables."""

from collections.abc import Sequence
from decimal import Decimal

from benchmarks.bench_aws import EVENT_SECONDS
from benchmarks.cold_starts import STARTS, ColdStart
from benchmarks.crowd import CrowdFigures
from benchmarks.measure_job import JobFigures
from benchmarks.measure_plain_poll import PlainPollFigures
from benchmarks.packages import Package
from benchmarks.table import render_table
from benchmarks.targets import Target

_NONE = "-"


def report_jobs(jobs: Sequence[JobFigures], reaper_usd_per_hour: Decimal) -> str:
    """Return the table of the jobs.

    Args:
        jobs: the jobs.
        reaper_usd_per_hour: a job's share of the reaper.
    """
    counted = ("Events", "Transitions", "Floor", "Invocations", "API calls", "USD", "With reaper")
    exact = ("End call after s", "Overshoot s", "Below cost limit USD", "Reserve USD")
    head = ("Job", "Ended by", "Reason", *counted, *exact, "Engine s")
    delays = f"EventBridge delivers each event {EVENT_SECONDS:g} s after AWS has sent it."
    table = render_table(head, [_job_row(job, reaper_usd_per_hour) for job in jobs])
    return f"## Parris\n\n{delays}\n\n{table}"


def report_plain_poll(loops: Sequence[PlainPollFigures]) -> str:
    """Return the table of the comparison."""
    head = ("Job", "Events", "Transitions", "Polls", "USD", "Execution", "Lasted", "Engine s")
    rows = [
        (one.length, str(one.history_events), str(one.transitions), str(one.api_calls),
         str(one.usd), one.status, str(one.lasted), f"{one.engine_seconds:.1f}")
        for one in loops
    ]  # fmt: skip
    causes = "\n".join(f"{one.length}: {one.cause}" for one in loops if one.cause)
    title = "## The comparison: a plain loop of Wait 60 s, Task and Choice"
    return f"{title}\n\n{render_table(head, rows)}\n\n{causes}".rstrip()


def report_functions(cold_starts: Sequence[ColdStart], packages: Sequence[Package]) -> str:
    """Return the tables of the functions and their packages."""
    rows = [
        (one.function, f"{one.import_ms:.0f}", f"{one.first_call_ms:.0f}",
         f"{one.warm_call_ms:.0f}", f"{one.cold_ms:.0f}")
        for one in cold_starts
    ]  # fmt: skip
    head = ("Function", "Start and import ms", "First call ms", "Warm call ms", "Cold start ms")
    sizes = [(one.name, f"{one.zipped_bytes:,}") for one in packages]
    return (
        f"## Cold starts, medians of {STARTS}\n\n{render_table(head, rows)}\n\n"
        f"## Packages\n\n{render_table(('Package', 'Bytes zipped'), sizes)}"
    )


def report_crowd(crowd: CrowdFigures) -> str:
    """Return the table of simultaneous jobs."""
    head = ("Jobs of 24 h", "Completed", "Engine s", "Engine's processor s per job",
            "API calls per job", "Most calls in a second")  # fmt: skip
    row = (str(crowd.jobs), str(crowd.completed), f"{crowd.engine_seconds:.0f}",
           f"{crowd.engine_cpu_seconds / crowd.jobs:.2f}",
           f"{crowd.api_calls_per_job:.1f}", str(crowd.most_calls_per_second))  # fmt: skip
    return f"## Jobs at once, started one virtual second apart\n\n{render_table(head, [row])}"


def report_targets(targets: Sequence[Target]) -> str:
    """Return the table of the targets."""
    rows = [
        (one.words, one.measured, one.floor or _NONE, "met" if one.is_met else "MISSED")
        for one in targets
    ]
    return f"## Targets\n\n{render_table(('Target', 'Worst measured', 'Floor', ''), rows)}"


def _job_row(job: JobFigures, reaper_usd_per_hour: Decimal) -> tuple[str, ...]:
    after, bill = job.after_the_script, job.bill
    return (
        job.plan.shown_length,
        job.plan.ending,
        job.reason,
        str(job.history_events),
        str(job.transitions),
        str(job.floor),
        str(job.invocations),
        str(job.api_calls),
        str(job.usd),
        f"{job.usd + job.plan.hours * reaper_usd_per_hour:.4f}",
        _NONE if after is None else f"{after.seconds:.1f}",
        _NONE if job.overshoot_seconds is None else f"{job.overshoot_seconds:.1f}",
        _NONE if bill is None else f"{bill.limit_usd - bill.usd:.4f}",
        _NONE if bill is None else f"{bill.limit_usd - bill.least_usd:.4f}",
        f"{job.engine_seconds:.1f}",
    )
