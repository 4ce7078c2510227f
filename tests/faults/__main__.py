"""`make faults`: every cell of the fault matrix, or those that are named, and the counts.

`python -m tests.faults` tries all that are not known to be right; `python -m tests.faults CELL ...`
tries these, each named as a failure names it; `--list` prints them, and tries none.
"""

import argparse
import itertools
import os
import signal
from collections.abc import Iterator, Sequence

from parris_cli.project_files import PROJECT
from tests.faults.cells import (
    Cell,
    Matrix,
    Recorded,
    bound_of,
    matrix_of,
    parse_cell,
    unreached,
)
from tests.faults.columns import COLUMNS
from tests.faults.definitions import ALL_STATES
from tests.faults.progress import Progress
from tests.faults.record import Record, version_of
from tests.faults.scenarios import SCENARIOS
from tests.faults.states import Blow
from tests.faults.try_cells import Verdict
from tests.faults.workers import Answer, Ran, Recording, Tried, Trying, work_off

_RECORD = PROJECT / ".faults"
# What is under way is lost when a run is interrupted.
_CELLS_AT_ONCE = 15


def main() -> int:
    """Try cells, print what is wrong and the counts, and return 1 where something is wrong."""
    asked = _arguments().parse_args()
    record = Record(_RECORD, version_of(PROJECT))
    if asked.cells:
        return _try([parse_cell(one) for one in asked.cells], {}, asked.workers, record)
    recorded = _rows(record)
    matrix, missing = matrix_of(recorded), unreached(recorded.values(), ALL_STATES)
    _print_size(matrix, missing)
    if asked.list:
        print(*matrix.cells, sep="\n")
        return 0
    known = record.not_wrong(map(str, matrix.cells), asked.any_version)
    return _try(matrix.cells, known, asked.workers, record) or (1 if missing else 0)


def _arguments() -> argparse.ArgumentParser:
    arguments = argparse.ArgumentParser(prog="python -m tests.faults", description=__doc__)
    arguments.add_argument("cells", nargs="*", metavar="CELL")
    arguments.add_argument("--list", action="store_true", help="print all cells and try none")
    arguments.add_argument(
        "--workers", type=int, default=os.cpu_count() or 1, help="how many processes try cells"
    )
    arguments.add_argument(
        "--any-version",
        action="store_true",
        help="do not try again what was right before the code was changed",
    )
    return arguments


def _rows(record: Record) -> dict[str, Recorded]:
    """Return what undisturbed runs do; recorded once for a version of the code."""
    known = record.rows()
    if known is not None:
        return known
    print("recording an undisturbed job of each scenario ...", flush=True)
    ((_, answer),) = work_off([Recording(tuple(SCENARIOS))], workers=1)
    if not isinstance(answer, Ran):
        raise SystemExit(f"it could not be tried: {answer}")
    record.keep_rows(answer.recorded)
    return answer.recorded


def _try(cells: Sequence[Cell], known: dict[str, Verdict], workers: int, record: Record) -> int:
    wanted = [one for one in cells if str(one) not in known]
    # Whoever ends it otherwise than by Ctrl-C ends its processes too.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    progress = Progress(list(map(str, cells)), known, is_each_told=len(wanted) <= _CELLS_AT_ONCE)
    try:
        for verdicts in _verdicts_on(wanted, workers):
            record.keep(verdicts)
            progress.add(verdicts)
    except KeyboardInterrupt:
        print("\ninterrupted: finished cells are kept, and the next `make faults` continues")
        return 130
    finally:
        progress.print_end()
    return 1 if progress.is_anything_wrong else 0


def _verdicts_on(cells: Sequence[Cell], workers: int) -> Iterator[dict[str, Verdict]]:
    """Try cells of one bound together, and those that failed together one by one."""
    alone = list[str]()
    for group, answer in _answers(_groups_of(cells, workers), workers):
        if isinstance(answer, Tried):
            yield answer.verdicts
        else:
            alone += group
    for group, answer in _answers([(cell,) for cell in alone], workers):
        if isinstance(answer, Tried):
            yield answer.verdicts
        else:
            yield dict.fromkeys(group, Verdict((str(answer),)))


def _answers(
    groups: Sequence[tuple[str, ...]], workers: int
) -> Iterator[tuple[tuple[str, ...], Answer]]:
    for task, answer in work_off([Trying(one) for one in groups], workers):
        if isinstance(task, Trying):
            yield task.cells, answer


def _groups_of(cells: Sequence[Cell], workers: int) -> list[tuple[str, ...]]:
    """Return groups of one bound, the soonest over first, and work for every worker."""
    at_once = max(1, min(_CELLS_AT_ONCE, -(-len(cells) // workers)))
    groups = list[tuple[str, ...]]()
    for _, same in itertools.groupby(sorted(cells, key=bound_of), bound_of):
        of_bound = [str(one) for one in same]
        groups += [
            tuple(of_bound[first : first + at_once]) for first in range(0, len(of_bound), at_once)
        ]
    return groups


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
