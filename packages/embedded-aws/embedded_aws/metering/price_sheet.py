"""What AWS asks for what the orchestration uses, as data: embedded_aws/data."""

import csv
import functools
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

_SHEET = Path(__file__).parent.parent / "data" / "orchestration_usd.csv"


@dataclass(frozen=True, slots=True)
class SheetPrice:
    """USD for so many of a thing. `is_verified` is false for what is from memory alone."""

    item: str
    per_count: Decimal
    usd: Decimal
    source: str
    source_date: str
    is_verified: bool

    def usd_for(self, count: Decimal | int) -> Decimal:
        """Return what that many cost, exactly."""
        return self.usd * Decimal(count) / self.per_count


@functools.cache
def price_sheet() -> dict[str, SheetPrice]:
    """Return the prices of us-east-1 by their item."""
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
