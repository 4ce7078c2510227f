"""A price of a training job's part."""

from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Price:
    """What one unit costs: an hour of an instance, or a month of a GiB. `as_of` may be unknown."""

    usd: Decimal
    source: str
    as_of: str
