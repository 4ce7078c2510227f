"""Checks a data set: every violation is found, and the first hundred are listed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from parris.training_api.data_set.read import Row, read_rows
from parris.training_api.data_set.violation import MOST_LISTED, DataViolation

if TYPE_CHECKING:
    from parris.training_api.data_set.read import DataFormat

ID_COLUMN, LABEL_COLUMN = "id", "label"
FEWEST_CLASSES = 2


@dataclass(frozen=True, slots=True)
class CheckedData:
    """A data set: its rows, the classes among its labels, and its violations.

    `violations` are the first hundred in the order of the rows, `violation_count` counts all.
    """

    row_count: int
    class_count: int
    violations: tuple[DataViolation, ...]
    violation_count: int


def check_data(body: bytes, data_format: DataFormat) -> CheckedData:
    """Return what a data set consists of, and what is wrong with it."""
    try:
        text = body.decode()
    except UnicodeDecodeError as err:
        row = body.count(b"\n", 0, err.start) + 1
        wrong = DataViolation(row, "", "this is not UTF-8; save the file as UTF-8")
        return CheckedData(0, 0, (wrong,), 1)
    return _Check().of(text, data_format)


class _Check:
    """One pass over a data set."""

    def __init__(self) -> None:
        self._listed: list[DataViolation] = []
        self._count = 0
        self._ids: dict[str, int] = {}
        self._classes: set[str] = set()

    def of(self, text: str, data_format: DataFormat) -> CheckedData:
        """Return the result of the pass."""
        row_count, had_errors = 0, False
        for one in read_rows(text, data_format):
            if isinstance(one, DataViolation):
                self._note(one)
                had_errors = True
                continue
            row_count += 1
            self._check_row(one)
        if not row_count and not had_errors:
            self._note(DataViolation(0, "", "there are no rows"))
        elif row_count and len(self._classes) < FEWEST_CLASSES:
            message = f"at least {FEWEST_CLASSES} classes are needed, found {len(self._classes)}"
            self._note(DataViolation(0, LABEL_COLUMN, message))
        return CheckedData(row_count, len(self._classes), tuple(self._listed), self._count)

    def _check_row(self, row: Row) -> None:
        filled = {name for name, value in row.values.items() if value.strip()}
        if not filled - {ID_COLUMN}:
            self._note(DataViolation(row.number, "", "this row is empty"))
            return
        if LABEL_COLUMN not in filled:
            self._note(DataViolation(row.number, LABEL_COLUMN, "a label is needed"))
        else:
            self._classes.add(row.values[LABEL_COLUMN].strip())
        if not filled - {ID_COLUMN, LABEL_COLUMN}:
            self._note(DataViolation(row.number, "", "there is nothing beside the label"))
        if ID_COLUMN in filled:
            self._check_id(row.number, row.values[ID_COLUMN].strip())

    def _check_id(self, number: int, given: str) -> None:
        first = self._ids.setdefault(given, number)
        if first != number:
            self._note(DataViolation(number, ID_COLUMN, f"row {first} has the same id"))

    def _note(self, violation: DataViolation) -> None:
        self._count += 1
        if len(self._listed) < MOST_LISTED:
            self._listed.append(violation)
