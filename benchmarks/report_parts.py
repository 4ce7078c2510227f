"""The figures of parts as tables: validation, the reaper, the machine and the API calls."""

from collections.abc import Sequence

from benchmarks.calls import operations_of, total_by_caller
from benchmarks.machine_requests import MachineRequests
from benchmarks.measure_job import JobFigures
from benchmarks.measure_reaper import ReaperFigures
from benchmarks.table import render_table


def report_beside(jobs: Sequence[JobFigures], alone: ReaperFigures, crowded: ReaperFigures) -> str:
    """Return the table of validation and reaper."""
    dearest = max((job.validation for job in jobs), key=lambda one: one.usd)
    rows = [
        ("validation of a job, counted above", str(dearest.api_calls), f"{dearest.usd:.6f}"),
        ("the reaper, a run without jobs", str(alone.api_calls), f"{alone.usd:.6f}"),
        (f"the reaper, a run with {crowded.jobs} jobs", str(crowded.api_calls),
         f"{crowded.usd:.6f}"),
        ("the reaper's share per job-hour then", f"{crowded.api_calls / crowded.jobs:.1f}",
         f"{crowded.usd_per_job:.7f}"),
    ]  # fmt: skip
    return f"## Validation and the reaper\n\n{render_table(('', 'API calls', 'USD'), rows)}"


def report_machine(
    machine: Sequence[MachineRequests], polls: MachineRequests, job: JobFigures
) -> str:
    """Return the table of a machine's own requests, and those that it makes once.

    Args:
        machine: the requests of every machine.
        polls: what a container requests besides.
        job: the job whose machine's calls were counted.
    """
    rows = [(one.kind, str(one.per_hour), f"{one.usd:.6f}") for one in machine]
    rows.append(("together", str(sum(one.per_hour for one in machine)),
                 f"{sum(one.usd for one in machine):.6f}"))  # fmt: skip
    rows.append((polls.kind, str(polls.per_hour), f"{polls.usd:.6f}"))
    once = ", ".join(f"{count} {one}" for one, count in sorted(job.machine_calls.items()))
    table = render_table(("Request", "Per hour of training", "USD per hour"), rows)
    return f"## The machine's own requests\n\n{table}\n\nOnce for each job: {once}."


def report_calls(jobs: Sequence[JobFigures]) -> str:
    """Return the table of the API calls of each job, by caller and operation."""
    rows = [
        (job.plan.title, caller, str(count), operations_of(job.calls, caller))
        for job in jobs
        for caller, count in total_by_caller(job.calls).items()
    ]
    head = ("Job", "Caller", "API calls", "Operations")
    return f"## API calls by caller\n\n{render_table(head, rows)}"
