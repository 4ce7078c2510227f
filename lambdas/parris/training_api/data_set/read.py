"""Reads the rows of a data set: CSV with a header, or one JSON object for each line."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from parris.training_api.data_set.violation import DataViolation
from parris.validation.violations import kind_of
from parris.wording import counted

if TYPE_CHECKING:
    from collections.abc import Iterator

_BOM = "\ufeff"
_LONGEST_CELL_CHARACTERS = 1 << 20


class DataFormat(StrEnum):
    """The formats of data sets. The value is also the ending of a file's name."""

    CSV = "csv"
    JSON_LINES = "jsonl"


@dataclass(frozen=True, slots=True)
class Row:
    """A row: its number, and its values by column."""

    number: int
    values: dict[str, str]


def read_rows(text: str, data_format: DataFormat) -> Iterator[Row | DataViolation]:
    """Yield each row, or what is wrong with it. Without a usable header nothing follows."""
    without_bom = text.removeprefix(_BOM)
    if data_format is DataFormat.CSV:
        return _csv_rows(without_bom)
    return _json_rows(without_bom)


def _csv_rows(text: str) -> Iterator[Row | DataViolation]:
    csv.field_size_limit(_LONGEST_CELL_CHARACTERS)
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        header = next(reader, None)
        wrong = _header_violations(header)
        if header is None or wrong:
            yield from wrong
            return
        for number, cells in enumerate(reader, start=2):
            if cells and len(cells) != len(header):
                expected, found = counted(len(header), "value"), len(cells)
                yield DataViolation(number, "", f"{expected} are needed, found {found}")
            else:
                yield Row(number, dict(zip(header, cells, strict=False)))
    except csv.Error as err:
        yield DataViolation(reader.line_num, "", f"this is not CSV: {err}")


def _header_violations(header: list[str] | None) -> list[DataViolation]:
    if not header or not any(name.strip() for name in header):
        return [DataViolation(1, "", "a header with the names of the columns is needed")]
    wrong = [
        DataViolation(1, "", f"column {position} has no name")
        for position, name in enumerate(header, start=1)
        if not name.strip()
    ]
    repeated = dict.fromkeys(name for name in header if name and header.count(name) > 1)
    return wrong + [DataViolation(1, name, "this name occurs twice") for name in repeated]


def _json_rows(text: str) -> Iterator[Row | DataViolation]:
    for number, line in enumerate(text.split("\n"), start=1):
        if not line.strip():
            if number <= text.count("\n"):  # else the end of the last line
                yield Row(number, {})
            continue
        try:
            value = json.loads(line, parse_constant=_refuse_constant)
        except (ValueError, RecursionError) as err:
            yield DataViolation(number, "", f"this is not JSON: {str(err).partition(':')[0]}")
            continue
        if not isinstance(value, dict):
            yield DataViolation(number, "", f"an object is needed, found {kind_of(value)}")
            continue
        nested = [name for name, one in value.items() if isinstance(one, dict | list)]
        if nested:
            for name in nested:
                message = f"text or a number is needed, found {kind_of(value[name])}"
                yield DataViolation(number, name, message)
            continue
        yield Row(number, {name: _text_of(one) for name, one in value.items()})


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is no number of JSON")


def _text_of(value: object) -> str:
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value)
