"""The hourly rate of a job, part by part. The target names the parts."""

from dataclasses import dataclass
from decimal import ROUND_CEILING, Decimal
from enum import StrEnum
from typing import Self

from parris.payloads import Payload, int_in, parts_in, text_in

SHORTEST_MONTH_HOURS = 28 * 24
"""Storage is priced by the month. Hourly prices use the shortest month, so they are never too low.
Source: https://aws.amazon.com/ebs/pricing/"""

_EXACT_DIGITS = Decimal("0.0000000001")


class Unit(StrEnum):
    """The unit of a price."""

    HOUR = "hour"
    GIB_MONTH = "GiB-month"


@dataclass(frozen=True, slots=True)
class Component:
    """The price of one part: `quantity` units at `usd_per_unit`, and the source of the price.

    `as_of` is when the source published the price, empty if unknown. At least `minimum_seconds`
    are billed. A part that outlives the machine has `reserve_seconds`: how much longer it is
    assumed to be billed while its end is not known.
    """

    part: str
    usd_per_unit: Decimal
    source: str
    as_of: str
    unit: Unit = Unit.HOUR
    quantity: int = 1
    minimum_seconds: int = 0
    reserve_seconds: int = 0

    def __post_init__(self) -> None:
        if not self.usd_per_unit.is_finite() or self.usd_per_unit <= 0:
            raise ValueError(f"{self.usd_per_unit} USD per {self.unit} is not a valid price")

    @property
    def usd_per_hour(self) -> Decimal:
        """Return the hourly price of all units in USD, rounded up."""
        usd = self.usd_per_unit * self.quantity
        if self.unit is Unit.HOUR:
            return usd
        return (usd / SHORTEST_MONTH_HOURS).quantize(_EXACT_DIGITS, rounding=ROUND_CEILING)

    def to_payload(self) -> Payload:
        """Return the component as JSON, with amounts as strings."""
        return {
            "part": self.part,
            "usd_per_hour": str(self.usd_per_hour),
            "usd_per_unit": str(self.usd_per_unit),
            "unit": self.unit,
            "quantity": self.quantity,
            "source": self.source,
            "as_of": self.as_of,
            "minimum_seconds": self.minimum_seconds,
            "reserve_seconds": self.reserve_seconds,
        }

    @classmethod
    def from_payload(cls, payload: Payload) -> Self:
        """Return the component that `to_payload` wrote."""
        return cls(
            part=text_in(payload, "part"),
            usd_per_unit=Decimal(text_in(payload, "usd_per_unit")),
            source=text_in(payload, "source"),
            as_of=text_in(payload, "as_of"),
            unit=Unit(text_in(payload, "unit")),
            quantity=int_in(payload, "quantity"),
            minimum_seconds=int_in(payload, "minimum_seconds"),
            reserve_seconds=int_in(payload, "reserve_seconds"),
        )


@dataclass(frozen=True, slots=True)
class Rate:
    """The hourly rate of a running job: its parts, the machine itself first."""

    components: tuple[Component, ...]

    @property
    def usd_per_hour(self) -> Decimal:
        """Return the hourly price of all parts in USD."""
        return sum((one.usd_per_hour for one in self.components), Decimal(0))

    @property
    def source(self) -> str:
        """Return the sources of the prices, each once."""
        return "; ".join(dict.fromkeys(one.source for one in self.components))

    @property
    def as_of(self) -> str:
        """Return when the oldest of the prices was published, or an empty text if unknown."""
        return min((one.as_of for one in self.components if one.as_of), default="")

    @property
    def minimum_seconds(self) -> int:
        """Return the minimum of billed seconds for one start."""
        return max((one.minimum_seconds for one in self.components), default=0)

    @property
    def reserve_seconds(self) -> int:
        """Return how much longer than the machine any part is assumed to be billed."""
        return max((one.reserve_seconds for one in self.components), default=0)

    def component(self, part: str) -> Component | None:
        """Return the price of a part, or None if the rate does not include it."""
        return next((one for one in self.components if one.part == part), None)

    def to_payload(self) -> Payload:
        """Return the rate as JSON, with amounts as strings."""
        return {
            "usd_per_hour": str(self.usd_per_hour),
            "source": self.source,
            "as_of": self.as_of,
            "components": [one.to_payload() for one in self.components],
        }

    @classmethod
    def from_payload(cls, payload: Payload) -> Self:
        """Return the rate that `to_payload` wrote."""
        return cls(tuple(map(Component.from_payload, parts_in(payload, "components"))))
