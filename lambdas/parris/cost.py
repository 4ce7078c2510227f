"""What a job costs: per second at its rate, 60 s at least, in Decimal US dollars, rounded up."""

from dataclasses import dataclass
from decimal import ROUND_CEILING, Decimal

from parris.payloads import Payload, text_in

LEAST_BILLED_SECONDS = 60
"""EC2 bills Linux per second with a minimum of 60 s at each start.
Source: https://aws.amazon.com/ec2/pricing/on-demand/"""

_SECONDS_PER_HOUR = Decimal(3600)
_SHOWN_DIGITS = Decimal("0.0001")


@dataclass(frozen=True, slots=True)
class Rate:
    """What one hour of the job costs, in USD, and where that figure comes from."""

    usd_per_hour: Decimal
    source: str
    as_of: str

    def __post_init__(self) -> None:
        if not self.usd_per_hour.is_finite() or self.usd_per_hour <= 0:
            raise ValueError(f"a price of {self.usd_per_hour} USD per hour is no price")

    def to_payload(self) -> Payload:
        """Return the rate with its money as a text."""
        return {
            "usd_per_hour": str(self.usd_per_hour),
            "source": self.source,
            "as_of": self.as_of,
        }

    @classmethod
    def from_payload(cls, payload: Payload) -> "Rate":
        """Return the rate that `to_payload` wrote."""
        return cls(
            usd_per_hour=Decimal(text_in(payload, "usd_per_hour")),
            source=text_in(payload, "source"),
            as_of=text_in(payload, "as_of"),
        )


def billed_seconds(runtime_seconds: int) -> int:
    """Return the seconds that are billed for one start; none for a machine that never ran."""
    return 0 if runtime_seconds <= 0 else max(runtime_seconds, LEAST_BILLED_SECONDS)


def spent_usd(rate: Rate, runtime_seconds: int) -> Decimal:
    """Return the estimated cost of that many seconds in USD, rounded up to 0.0001 USD."""
    exact = rate.usd_per_hour * billed_seconds(runtime_seconds) / _SECONDS_PER_HOUR
    return exact.quantize(_SHOWN_DIGITS, rounding=ROUND_CEILING)


def affordable_seconds(rate: Rate, cost_limit_usd: Decimal) -> int:
    """Return the whole seconds of runtime whose unrounded bill stays within the limit in USD.

    0 where the limit does not even pay for the 60 s that are always billed.
    """
    seconds = int(cost_limit_usd * _SECONDS_PER_HOUR / rate.usd_per_hour)
    return seconds if seconds >= LEAST_BILLED_SECONDS else 0
