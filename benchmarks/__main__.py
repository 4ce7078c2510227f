"""`make bench`: measures everything in one run and prints it; `--write` writes it into the docs."""

import argparse
import os
import platform
from datetime import UTC, datetime

from benchmarks.bench_aws import bench_aws
from benchmarks.cold_starts import measure_cold_starts
from benchmarks.crowd import crowd_plans, measure_crowd
from benchmarks.job_plans import LENGTHS_HOURS, job_plans
from benchmarks.machine_requests import (
    machine_requests_per_hour,
    polls_of_a_container_per_hour,
)
from benchmarks.measure_job import JobFigures, measure_job
from benchmarks.measure_plain_poll import measure_plain_poll
from benchmarks.measure_reaper import measure_reaper
from benchmarks.packages import measure_packages
from benchmarks.report import (
    report_crowd,
    report_functions,
    report_jobs,
    report_plain_poll,
    report_targets,
)
from benchmarks.report_parts import report_beside, report_calls, report_machine
from benchmarks.targets import is_short_script, targets_of_functions, targets_of_jobs
from parris_cli.project_files import PROJECT

_PAGE = PROJECT / "docs" / "benchmarks.md"
_MARK = "<!-- What follows is written by `make bench WRITE=1`. -->"
# The longer ones fail at the same event as the one of 3 days.
_PLAIN_POLL_LENGTHS = ("10 minutes", "10 hours", "3 days")


def main() -> None:
    """Measure, print, and write the page on request."""
    options = _parse()
    plans, crowd = job_plans(), crowd_plans(options.jobs)
    with bench_aws({plan.name: plan.training() for plan in (*plans, *crowd)}) as bench:
        jobs = []
        for plan in plans:
            print(f"{plan.name} ...", flush=True)
            jobs.append(measure_job(bench, plan))
        reaper_alone = measure_reaper(bench, 0)
        print(f"{len(crowd)} jobs at once ...", flush=True)
        crowd_figures = measure_crowd(bench, crowd)
        # After the reaper, since they repeat calls of ended jobs and leave their names claimed.
        cold_starts = measure_cold_starts(bench, bench.history(jobs[0].execution_arn))
        packages = measure_packages(bench)
    print("the plain loop ...", flush=True)
    loops = [measure_plain_poll(name, LENGTHS_HOURS[name]) for name in _PLAIN_POLL_LENGTHS]
    targets = [*targets_of_jobs(jobs), *targets_of_functions(cold_starts, packages)]
    parts = (
        _machine(),
        report_targets(targets),
        report_jobs(jobs, crowd_figures.reaper.usd_per_job),
        report_beside(jobs, reaper_alone, crowd_figures.reaper),
        report_machine(machine_requests_per_hour(), polls_of_a_container_per_hour(), jobs[0]),
        report_calls(_profiled(jobs)),
        report_plain_poll(loops),
        report_functions(cold_starts, packages),
        report_crowd(crowd_figures),
    )
    text = "\n\n".join(parts)
    print(f"\n{text}")
    if options.write:
        head = _PAGE.read_text("utf-8").partition(_MARK)[0]
        _PAGE.write_text(f"{head}{_MARK}\n\n{text}\n", "utf-8")


def _profiled(jobs: list[JobFigures]) -> list[JobFigures]:
    """Return the job of ten minutes that its script ends, and the other one with the most calls."""
    short = [job for job in jobs if is_short_script(job)]
    others = [job for job in jobs if not is_short_script(job) and not job.plan.is_spot]
    return [*short, max(others, key=lambda job: job.api_calls)]


def _machine() -> str:
    load = ", ".join(f"{one:.1f}" for one in os.getloadavg())
    return (
        f"Measured on {datetime.now(UTC):%Y-%m-%d}: {platform.system()} {platform.machine()},"
        f" {os.cpu_count()} cores, Python {platform.python_version()}; load averages at the end:"
        f" {load}."
    )


def _parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("--jobs", type=int, default=20, help="how many jobs run at once (20)")
    parser.add_argument("--write", action="store_true", help="write docs/benchmarks.md")
    return parser.parse_args()


if __name__ == "__main__":
    main()
