"""Each gap has one row in docs/gaps.md, and one contract test with the same name."""

import re
from pathlib import Path

import embedded_aws.gaps
import embedded_aws.speed.patches

PACKAGE = Path(__file__).parents[1]
PAGE = (PACKAGE / "docs" / "gaps.md").read_text(encoding="utf-8")
GAPS, PATCHES = (
    sorted(
        file.relative_to(folder.__path__[0]).with_suffix("").as_posix()
        for file in Path(folder.__path__[0]).rglob("[a-z]*.py")
    )
    for folder in (embedded_aws.gaps, embedded_aws.speed.patches)
)
ROWS = [
    [cell.strip() for cell in line.strip("|").split("|")]
    for line in PAGE.splitlines()
    if re.match(r"\| [a-z]", line)
]


def rows_of(text: str) -> list[str]:
    return re.findall(r"^\| ([a-z][a-z0-9_/]+) \|", text, re.MULTILINE)


def test_each_has_a_contract_test_of_its_name() -> None:
    tests = PACKAGE / "tests"
    places = {name: tests / Path(name).parent / f"test_{Path(name).name}.py" for name in GAPS}
    places |= {name: tests / "speed" / f"test_{name}.py" for name in PATCHES}
    assert [name for name, place in places.items() if not place.is_file()] == []


def test_each_has_one_row_where_it_belongs() -> None:
    gaps, patches = PAGE.split("\n## For speed only\n")
    assert sorted(rows_of(gaps)) == GAPS
    assert sorted(rows_of(patches)) == PATCHES


def is_whole(row: list[str]) -> bool:
    """Return whether a row says what upstream would get, and where the proof is."""
    _, behaviour, upstream, proof = row
    return bool(
        behaviour
        and re.match(r"(pull|issue first|ours): \S", upstream)
        and re.match(r"https://\S+$|not proven$|no behaviour of AWS$", proof)
    )


def test_a_row_says_what_upstream_would_get_and_where_the_proof_is() -> None:
    assert [row[0] for row in ROWS if not is_whole(row)] == []
