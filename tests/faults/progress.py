"""What `make faults` prints while it runs, and at its end."""

import resource
import time
from collections import Counter
from collections.abc import Mapping, Sequence

from tests.faults.try_cells import Verdict


class Progress:
    """Counts the verdicts on these cells, and prints what is wrong as it comes.

    Args:
        cells: all requested cells.
        known: the verdicts that are known already.
        is_each_told: whether what is right is printed too, cell by cell.
    """

    def __init__(
        self, cells: Sequence[str], known: Mapping[str, Verdict], is_each_told: bool = False
    ) -> None:
        """Begin with what is known."""
        self._cells, self._verdicts = cells, dict(known)
        self._known, self._is_each_told = len(known), is_each_told
        self._began_at = time.monotonic()
        if known:
            print(f"{len(known)} of {len(cells)} cells are known not to be wrong")

    @property
    def is_anything_wrong(self) -> bool:
        """Return whether a cell is wrong."""
        return bool(self._wrong())

    def add(self, verdicts: Mapping[str, Verdict]) -> None:
        """Count more, and print them."""
        self._verdicts.update(verdicts)
        for cell, verdict in verdicts.items():
            if verdict.problems or self._is_each_told:
                print(f"{_word(verdict)} {cell} {verdict.skipped}".rstrip())
            for problem in verdict.problems:
                print(f"      {problem}")
            if verdict.problems:
                print(f"      alone: make faults CELLS={cell}")
        minutes = (time.monotonic() - self._began_at) / 60
        print(f"{len(self._verdicts)} of {len(self._cells)} after {minutes:.0f} min", flush=True)

    def print_end(self) -> None:
        """Print the counts, what is wrong once more, and what it took."""
        counts = Counter(_word(one) for one in self._verdicts.values())
        tried, wrong = len(self._verdicts) - self._known, self._wrong()
        minutes = (time.monotonic() - self._began_at) / 60
        print(
            f"{len(self._verdicts)} of {len(self._cells)} cells: {counts['right']} right,"
            f" {counts['WRONG']} wrong, {counts['skipped']} not tried:"
        )
        for why, count in Counter(one.skipped for one in self._verdicts.values()).items():
            if why:
                print(f"  {count:4d} {why}")
        # Of the worker processes, and of the functions' that these have started.
        spent = resource.getrusage(resource.RUSAGE_CHILDREN)
        cpu_seconds = (spent.ru_utime + spent.ru_stime) / max(tried, 1)
        print(f"{tried} tried in {minutes:.0f} min, {cpu_seconds:.1f} s of processor time each")
        if wrong:
            print(f"again: make faults CELLS='{' '.join(wrong)}'")

    def _wrong(self) -> list[str]:
        return [cell for cell, verdict in self._verdicts.items() if verdict.problems]


def _word(verdict: Verdict) -> str:
    return "WRONG" if verdict.problems else "skipped" if verdict.skipped else "right"
