"""AWS's prices for what the orchestration uses, from embedded_aws/data."""

import csv
import functools
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

_SHEET = Path(__file__).parent.parent / "data" / "orchestration_usd.csv"


@dataclass(frozen=True, slots=True)
class SheetPrice:
    """USD for a number of units. `is_verified` is false for prices without a checked source."""

    item: str
    per_count: Decimal
    usd: Decimal
    source: str
    source_date: str
    is_verified: bool

    def usd_for(self, count: Decimal | int) -> Decimal:
        """Return the exact price of that many units."""
        return self.usd * Decimal(count) / self.per_count


@functools.cache
def price_sheet() -> dict[str, SheetPrice]:
    """Return the prices of us-east-1 by item."""
    lines = _SHEET.read_text(encoding="utf-8").splitlines()
    rows = csv.DictReader(line for line in lines if not line.startswith("#"))
    return {
        row["item"]: SheetPrice(
            item=row["item"],
            per_count=Decimal(row["per_count"]),
            usd=Decimal(row["usd"]),
            source=row["source"],
            source_date=row["source_date"],
            is_verified=row["verified"] == "yes",
        )
        for row in rows
    }
