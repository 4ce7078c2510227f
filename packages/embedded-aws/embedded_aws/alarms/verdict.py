"""When an alarm changes its state: its periods, its threshold, and what missing data means.

CloudWatch evaluates an alarm every minute, over the periods that end then. Source:
https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-evaluation.html
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from embedded_aws.alarms.metric_counts import MINUTE_SECONDS

ALARM, OK = "ALARM", "OK"
_COMPARISONS: dict[str, Callable[[float, float], bool]] = {
    "GreaterThanThreshold": lambda found, threshold: found > threshold,
    "GreaterThanOrEqualToThreshold": lambda found, threshold: found >= threshold,
    "LessThanThreshold": lambda found, threshold: found < threshold,
    "LessThanOrEqualToThreshold": lambda found, threshold: found <= threshold,
}


@dataclass(frozen=True, slots=True)
class Rule:
    """An alarm on a sum whose missing data is not breaching."""

    comparison: str
    threshold: float
    period_seconds: int
    periods: int
    periods_to_alarm: int

    def state_at(self, sums: Mapping[int, float], minute: int) -> str:
        """Return the state in which an evaluation at the beginning of a minute finds the alarm."""
        breaching = [found for found in self.values_at(sums, minute) if self._is_breaching(found)]
        return ALARM if len(breaching) >= self.periods_to_alarm else OK

    def values_at(self, sums: Mapping[int, float], minute: int) -> list[float]:
        """Return the values of the periods that have one, the latest first."""
        found = []
        for number in range(self.periods):
            end = minute - number * self.period_seconds
            inside = [
                sums[begin]
                for begin in range(end - self.period_seconds, end, MINUTE_SECONDS)
                if begin in sums
            ]
            if inside:
                found.append(sum(inside))
        return found

    def next_change(self, sums: Mapping[int, float], state: str, now: int) -> int | None:
        """Return the first minute after now whose evaluation finds another state.

        Args:
            sums: what was counted so far; nothing more is assumed to come.
            state: the present one.
            now: in seconds since 1970.
        """
        first = now // MINUTE_SECONDS * MINUTE_SECONDS + MINUTE_SECONDS
        last = first + self.periods * self.period_seconds
        minutes = range(first, last + MINUTE_SECONDS, MINUTE_SECONDS)
        return next((one for one in minutes if self.state_at(sums, one) != state), None)

    def _is_breaching(self, found: float) -> bool:
        return _COMPARISONS[self.comparison](found, self.threshold)


def is_modelled(comparison: str, statistic: str, period: int, missing_data: str | None) -> bool:
    """Return whether alarms of this kind are evaluated here."""
    return (
        comparison in _COMPARISONS
        and statistic == "Sum"
        and period > 0
        and period % MINUTE_SECONDS == 0
        and missing_data == "notBreaching"
    )
