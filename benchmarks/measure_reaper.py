"""Measures one run of the reaper while jobs train."""

import json
from dataclasses import dataclass
from decimal import Decimal

from benchmarks.bench_aws import BenchAws
from benchmarks.function_cost import cost_of_function
from embedded_aws.metering.usage import mark

_REAPER = "ReapOrphansFunction"


@dataclass(frozen=True, slots=True)
class ReaperFigures:
    """What one run of the reaper took, with its cold start, while so many jobs trained."""

    jobs: int
    api_calls: int
    usd: Decimal

    @property
    def usd_per_job(self) -> Decimal:
        """Return the share of each job in the whole run."""
        return self.usd / max(1, self.jobs)


def measure_reaper(bench: BenchAws, jobs: int) -> ReaperFigures:
    """Run the reaper now.

    Raises:
        RuntimeError: if it does not find just these jobs, all alive and asleep.
    """
    since = mark(bench.meter)
    answer = bench.account.functions.invoke(
        FunctionName=bench.function(_REAPER),
        Payload=json.dumps({"time": f"{bench.clock.now():%Y-%m-%dT%H:%M:%SZ}"}),
    )
    counts = json.loads(answer["Payload"].read())
    if counts.get("lives") != jobs or counts.get("owners") != jobs:
        raise RuntimeError(f"the reaper found something else than {jobs} jobs: {counts}")
    cost = cost_of_function(bench, _REAPER, since)
    return ReaperFigures(jobs, cost.api_calls, cost.usd)
