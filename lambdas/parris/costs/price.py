"""A price of one unit, with its source."""

from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Price:
    """What one unit costs: such as an hour of an instance. `as_of` is a date, or empty."""

    usd: Decimal
    source: str
    as_of: str
