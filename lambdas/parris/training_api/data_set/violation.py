"""What is wrong with a data set, with the row and the column of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from parris.payloads import Payload

MOST_LISTED = 100
"""How many violations are listed; the others are counted."""


@dataclass(frozen=True, slots=True)
class DataViolation:
    """One violation. `row` counts as a spreadsheet does, so the header of a CSV file is row 1.

    `row` is 0 for the data set as a whole, and `column` is empty for a whole row.
    """

    row: int
    column: str
    message: str

    def to_payload(self) -> Payload:
        """Return the violation as JSON, with null where there is no row or column."""
        return {"row": self.row or None, "column": self.column or None, "message": self.message}

    def __str__(self) -> str:
        where = [f"row {self.row}"] if self.row else []
        where += [f"column {self.column}"] if self.column else []
        return f"{', '.join(where) or 'the data set'}: {self.message}"
