"""Each gap has one row in docs/gaps.md, and one contract test with the same name."""

import re
from pathlib import Path

import pytest

import embedded_aws.gaps
import embedded_aws.speed.patches

PACKAGE = Path(__file__).parents[1]
PAGE = (PACKAGE / "docs" / "gaps.md").read_text(encoding="utf-8")
GAPS, PATCHES = (
    sorted(file.stem for file in Path(folder.__path__[0]).glob("[a-z]*.py"))
    for folder in (embedded_aws.gaps, embedded_aws.speed.patches)
)
ROWS = [
    [cell.strip() for cell in line.strip("|").split("|")]
    for line in PAGE.splitlines()
    if re.match(r"\| [a-z]", line)
]


def rows_of(text: str) -> list[str]:
    return re.findall(r"^\| ([a-z][a-z0-9_]+) \|", text, re.MULTILINE)


@pytest.mark.parametrize("name", [*GAPS, *PATCHES])
def test_each_has_a_contract_test_of_its_name(name: str) -> None:
    assert list((PACKAGE / "tests").rglob(f"test_{name}.py"))


def test_each_has_one_row_where_it_belongs() -> None:
    gaps, patches = PAGE.split("\n## For speed only\n")
    assert sorted(rows_of(gaps)) == GAPS
    assert sorted(rows_of(patches)) == PATCHES


@pytest.mark.parametrize("row", ROWS, ids=lambda row: str(row[0]))
def test_a_row_says_what_upstream_would_get_and_where_the_proof_is(row: list[str]) -> None:
    _, behaviour, upstream, proof = row
    assert behaviour
    assert re.match(r"(pull|issue first|ours): \S", upstream)
    assert re.match(r"https://\S+$|not proven$|no behaviour of AWS$", proof)
