"""`make faults`: every cell of the fault matrix, or those that are named, and the counts.

`python -m tests.faults` tries all; `python -m tests.faults CELL ...` tries these, each named as a
failure names it; `--list` prints them, and tries none.
"""

import argparse
import tempfile
from collections import Counter
from pathlib import Path

from tests.faults.cells import Cell, Matrix, bound_of, matrix_of, parse_cell, unreached
from tests.faults.columns import COLUMNS
from tests.faults.definitions import ALL_STATES
from tests.faults.scenarios import SCENARIOS
from tests.faults.site import Site, running_site
from tests.faults.states import Blow
from tests.faults.try_cells import record_runs, try_cells

_CELLS_AT_ONCE = 30


def main() -> int:
    """Try cells, print what is wrong and the counts, and return 1 where something is wrong."""
    arguments = argparse.ArgumentParser(prog="python -m tests.faults", description=__doc__)
    arguments.add_argument("cells", nargs="*", metavar="CELL")
    arguments.add_argument("--list", action="store_true", help="print all cells and try none")
    asked = arguments.parse_args()
    with tempfile.TemporaryDirectory() as folder, running_site(Path(folder)) as site:
        if asked.cells:
            return _try(site, [parse_cell(one) for one in asked.cells])
        recorded = record_runs(site, list(SCENARIOS.values()))
        matrix, missing = matrix_of(recorded), unreached(recorded.values(), ALL_STATES)
        _print_size(matrix, missing)
        if asked.list:
            print(*matrix.cells, sep="\n")
            return 0
        return _try(site, list(matrix.cells)) or (1 if missing else 0)


def _try(site: Site, cells: list[Cell]) -> int:
    counts: Counter[str] = Counter()
    cells = sorted(cells, key=bound_of)
    for first in range(0, len(cells), _CELLS_AT_ONCE):
        for cell, verdict in try_cells(site, cells[first : first + _CELLS_AT_ONCE]).items():
            word = "WRONG" if verdict.problems else "skipped" if verdict.skipped else "right"
            counts[word] += 1
            print(f"{word} {cell} {verdict.skipped}", flush=True)
            for problem in verdict.problems:
                print(f"      {problem}")
            if verdict.problems:
                print(f"      alone: make faults CELLS={cell}", flush=True)
    print(
        f"{len(cells)} cells tried: {counts['right']} right, {counts['WRONG']} wrong,"
        f" {counts['skipped']} with nothing there to strike"
    )
    return 1 if counts["WRONG"] else 0


def _print_size(matrix: Matrix, missing: list[str]) -> None:
    skipped = sum(matrix.not_applicable.values())
    print(
        f"{matrix.calls} calls x {len(COLUMNS)} faults and {matrix.states} states x {len(Blow)}"
        f" blows: {len(matrix.cells)} cells to try, {skipped} that cannot be:"
    )
    for why, count in sorted(matrix.not_applicable.items(), key=lambda one: -one[1]):
        print(f"  {count:4d} {why}")
    for state in missing:
        print(f"no run enters the state {state}: tests/faults/scenarios.py wants one that does")


if __name__ == "__main__":
    raise SystemExit(main())
