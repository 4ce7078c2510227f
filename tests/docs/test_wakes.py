"""docs/how-it-works.md says which event wakes which wait."""

from parris.waits import WOKEN_BY, Cause, Wait
from tests.architecture.definition import CLONE

ROWS = [
    [cell.strip() for cell in line.strip("|").split("|")]
    for line in (CLONE / "docs" / "how-it-works.md").read_text().splitlines()
    if line.startswith("| ")
]


def test_the_table_of_wakes_is_that_of_the_code() -> None:
    head = next(row for row in ROWS if row[0] == "Event or request")
    waits = [Wait(cell.strip("`")) for cell in head[3:]]
    assert waits == list(Wait)
    first = ROWS.index(head) + 1
    documented = {
        Cause(row[0].strip("`")): {
            wait for wait, cell in zip(waits, row[3:], strict=True) if cell == "wakes"
        }
        for row in ROWS[first : first + len(Cause)]
    }
    assert documented == {cause: set(waits) for cause, waits in WOKEN_BY.items()}
