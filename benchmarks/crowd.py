"""Measures many jobs at once in one engine."""

import time
from collections import Counter
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

from benchmarks.bench_aws import BenchAws
from benchmarks.job_plans import Ending, JobPlan
from benchmarks.measure_reaper import ReaperFigures, measure_reaper
from embedded_aws.metering.meter import STATE_MACHINE
from embedded_aws.metering.usage import mark, usage_since

_HOURS = Decimal(24)
_APART = timedelta(seconds=1)
_ASKED_EVERY = timedelta(hours=1)
_TOLD_EACH = 50
_ALL_TRAIN_AFTER = timedelta(minutes=30)
_NOBODY_ENDS_WITHIN = timedelta(hours=float(_HOURS))


@dataclass(frozen=True, slots=True)
class CrowdFigures:
    """What the jobs took together, and a run of the reaper while all of them trained.

    `engine_cpu_seconds` is the processor time of this process: the embedded AWS and its callers.
    `most_calls_per_second` is the largest count of API calls of functions and states with the same
    whole second of the virtual clock. Functions take no virtual time, so all calls of a poll are in
    one second.
    """

    jobs: int
    completed: int
    engine_seconds: float
    engine_cpu_seconds: float
    api_calls_per_job: float
    most_calls_per_second: int
    reaper: ReaperFigures


def crowd_plans(jobs: int) -> list[JobPlan]:
    """Return that many jobs of 24 hours."""
    return [JobPlan(f"crowd-{n}", "24 hours", _HOURS, Ending.SCRIPT) for n in range(jobs)]


def measure_crowd(bench: BenchAws, plans: list[JobPlan]) -> CrowdFigures:
    """Start the jobs one virtual second apart, and let time pass until all are over."""
    since, began, cpu_began = mark(bench.meter), time.monotonic(), time.process_time()
    running = []
    for plan in plans:
        running.append(bench.start(plan.config()))
        bench.clock.run_until(bench.clock.now() + _APART)
        if len(running) % _TOLD_EACH == 0:
            print(f"    {len(running)} started", flush=True)
    arns = list(running)
    bench.clock.run_until(bench.clock.now() + _ALL_TRAIN_AFTER)
    reaper = measure_reaper(bench, len(plans))
    # No query is needed before that; each would be a request at every event.
    passed = _APART * len(plans) + _ALL_TRAIN_AFTER
    bench.clock.run_until(bench.clock.now() + _NOBODY_ENDS_WITHIN - passed)

    while running:
        bench.clock.run_until(bench.clock.now() + _ASKED_EVERY)
        running = [arn for arn in running if bench.is_running(arn)]
        print(f"    {len(running)} still run", flush=True)
    engine_seconds = time.monotonic() - began
    engine_cpu_seconds = time.process_time() - cpu_began
    usage = usage_since(bench.meter, since, [])
    known = {*bench.functions.values(), STATE_MACHINE}
    per_second = Counter(
        call.at.replace(microsecond=0)
        for call in bench.meter.calls[since.calls :]
        if call.caller in known
    )
    return CrowdFigures(
        jobs=len(plans),
        completed=sum(bench.describe(arn)["status"] == "SUCCEEDED" for arn in arns),
        engine_seconds=engine_seconds,
        engine_cpu_seconds=engine_cpu_seconds,
        api_calls_per_job=(sum(usage.api_calls.values()) - reaper.api_calls) / len(plans),
        most_calls_per_second=max(per_second.values()),
        reaper=reaper,
    )
