"""Data sets: each way to be wrong, with its row and its column."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parris.training_api.data_set.check import CheckedData, check_data
from parris.training_api.data_set.read import DataFormat
from parris.training_api.data_set.violation import MOST_LISTED

CSV, LINES = DataFormat.CSV, DataFormat.JSON_LINES
GOOD_CSV = "id,text,label\n1,good,yes\n2,bad,no\n"
GOOD_LINES = '{"id": 1, "text": "good", "label": true}\n{"id": 2, "text": "bad", "label": false}\n'


def found(text: str, data_format: DataFormat = CSV) -> list[str]:
    return [str(one) for one in check_data(text.encode(), data_format).violations]


@pytest.mark.parametrize(
    ("text", "data_format"),
    [
        (GOOD_CSV, CSV),
        ("\ufeff" + GOOD_CSV, CSV),
        (GOOD_CSV.replace("\n", "\r\n").rstrip("\n"), CSV),
        ('text,label\n"two\nlines, ""quoted""",yes\nplain,no\n', CSV),
        ("a,b,label\n,1,yes\n2,,no\n", CSV),
        (GOOD_LINES, LINES),
        (GOOD_LINES.rstrip("\n"), LINES),
    ],
)
def test_a_good_data_set_has_no_violations(text: str, data_format: DataFormat) -> None:
    assert check_data(text.encode(), data_format) == CheckedData(2, 2, (), 0)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", ["row 1: a header with the names of the columns is needed"]),
        (
            "text,,text\n",
            ["row 1: column 2 has no name", "row 1, column text: this name occurs twice"],
        ),
        ("text,label\n", ["the data set: there are no rows"]),
        ("text,label\na,yes\n", ["column label: at least 2 classes are needed, found 1"]),
        ("text,label\na,yes\n\nb,no\n", ["row 3: this row is empty"]),
        ("text,label\na,yes\n , \nb,no\n", ["row 3: this row is empty"]),
        ("id,text,label\n1,a,yes\n1,b,no\n", ["row 3, column id: row 2 has the same id"]),
        ("text,label\na,yes\nb, \nc,no\n", ["row 3, column label: a label is needed"]),
        ("text,label\na,yes\n,no\n", ["row 3: there is nothing beside the label"]),
        ("text,label\na,yes\nb\nc,no\n", ["row 3: 2 values are needed, found 1"]),
        ('text,label\na,yes\nb,no\n"open', ["row 4: this is not CSV: unexpected end of data"]),
        (
            "text,kind\na,yes\n",
            [
                "row 2, column label: a label is needed",
                "column label: at least 2 classes are needed, found 0",
            ],
        ),
    ],
)
def test_violations_of_csv(text: str, expected: list[str]) -> None:
    assert found(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("{", "row 1: this is not JSON: Expecting property name enclosed in double quotes"),
        (f"{GOOD_LINES}[1]\n", "row 3: an object is needed, found a list"),
        (f"{GOOD_LINES}\n{{}}\n", "row 3: this row is empty"),
        (
            f'{GOOD_LINES}{{"text": {{}}, "label": 1}}',
            "row 3, column text: text or a number is needed, found an object",
        ),
        (f'{GOOD_LINES}{{"text": NaN, "label": 1}}', "row 3: this is not JSON"),
        (f'{GOOD_LINES}{{"text": "a", "label": null}}', "row 3, column label: a label is needed"),
    ],
)
def test_violations_of_json_lines(text: str, expected: str) -> None:
    assert found(text, LINES)[0].startswith(expected)


def test_a_byte_that_is_not_utf_8_has_its_row() -> None:
    checked = check_data(b"text,label\na,yes\n\xff,no\n", CSV)
    assert [one.row for one in checked.violations] == [3]


def test_the_first_hundred_violations_are_listed_and_all_are_counted() -> None:
    text = "text,label\na,yes\nb,no\n" + "\n" * 150
    checked = check_data(text.encode(), CSV)
    assert (len(checked.violations), checked.violation_count) == (MOST_LISTED, 150)
    assert [one.row for one in checked.violations[:2]] == [4, 5]


@given(st.binary(max_size=200), st.sampled_from(DataFormat))
def test_no_data_set_fails(body: bytes, data_format: DataFormat) -> None:
    checked = check_data(body, data_format)
    assert checked.violation_count >= len(checked.violations)
    assert checked.violation_count or checked.class_count >= 2


_CELLS = st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1, max_size=5)


@given(st.lists(_CELLS.filter(str.strip), min_size=2, max_size=8))
def test_rows_with_text_and_two_labels_are_good_in_both_formats(texts: list[str]) -> None:
    rows = [{"text": text, "label": at % 2} for at, text in enumerate(texts)]
    lines = "\n".join(json.dumps(row) for row in rows)
    assert not check_data(lines.encode(), LINES).violation_count
    cells = ('"' + text.replace('"', '""') + '"' for text in texts)
    table = "\r\n".join(["text,label", *(f"{cell},{at % 2}" for at, cell in enumerate(cells))])
    assert not check_data(table.encode(), CSV).violation_count
