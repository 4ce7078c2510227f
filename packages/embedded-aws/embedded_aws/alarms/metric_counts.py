"""What services have counted, by metric and minute."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import NamedTuple

from embedded_aws.context import Context

MINUTE_SECONDS = 60


class MetricName(NamedTuple):
    """A metric with one dimension, as AWS/Lambda and AWS/States have them."""

    namespace: str
    name: str
    dimension: str
    value: str


@dataclass(slots=True)
class MetricCounts:
    """The sums of each metric, by the beginning of the minute in seconds since 1970."""

    by_metric: dict[MetricName, dict[int, float]] = field(default_factory=dict)

    def add(self, metric: MetricName, amount: float, at: datetime) -> None:
        """Count a value at a time."""
        minute = int(at.timestamp()) // MINUTE_SECONDS * MINUTE_SECONDS
        sums = self.by_metric.setdefault(metric, defaultdict(float))
        sums[minute] += amount

    def sums_of(self, metric: MetricName) -> Mapping[int, float]:
        """Return the sums of a metric by minute; a minute without a value is not there."""
        return self.by_metric.get(metric, {})


def counts_of(context: Context) -> MetricCounts:
    """Return the counts of an embedded AWS since its start."""
    counts = context.services.setdefault("metric counts", MetricCounts())
    assert isinstance(counts, MetricCounts)
    return counts


def time_of(minute: int) -> datetime:
    """Return the beginning of a minute."""
    return datetime.fromtimestamp(minute, UTC)
