"""What became of the cells that were tried, kept in a file so that a run can go on where it was."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from tests.faults.calls import CallKey
from tests.faults.cells import Recorded
from tests.faults.states import StateKey
from tests.faults.try_cells import Verdict

# All that a verdict depends on, but for the packages.
_TESTED = (
    "template.yaml",
    "state_machine",
    "lambdas",
    "templates",
    "config",
    "packages/embedded-aws/embedded_aws",
    "tests/faults",
)


def version_of(clone: Path) -> str:
    """Return a digest of what is tested, and of what tests it."""
    digest = hashlib.sha256()
    for tested in _TESTED:
        for file in sorted([clone / tested, *(clone / tested).rglob("*")]):
            if file.is_file() and "__pycache__" not in file.parts:
                digest.update(f"{file.relative_to(clone)}\0".encode())
                digest.update(hashlib.sha256(file.read_bytes()).digest())
    return digest.hexdigest()[:16]


@dataclass(frozen=True, slots=True)
class Kept:
    """A cell's latest verdict, and the version of the code that it is about."""

    version: str
    verdict: Verdict


class Record:
    """The verdicts, and the rows that were recorded, in a folder. A line is a cell that was tried.

    Args:
        folder: where; it is made when there is something to keep.
        version: what `version_of` has returned: the code that is tried now.
    """

    def __init__(self, folder: Path, version: str) -> None:
        """Read nothing yet."""
        self._verdicts = folder / "verdicts.jsonl"
        self._rows = folder / f"rows-{version}.json"
        self._folder, self._version = folder, version

    def keep(self, verdicts: Mapping[str, Verdict]) -> None:
        """Add verdicts, by cell."""
        self._folder.mkdir(parents=True, exist_ok=True)
        with self._verdicts.open("a") as file:
            for cell, one in verdicts.items():
                line = {
                    "version": self._version,
                    "cell": cell,
                    "problems": one.problems,
                    "skipped": one.skipped,
                }
                # The one before it may have been cut off in the middle.
                file.write("\n" + json.dumps(line))

    def not_wrong(self, cells: Iterable[str], is_any_version: bool = False) -> dict[str, Verdict]:
        """Return what is known of these cells and need not be tried again.

        Args:
            cells: the cells.
            is_any_version: whether what is known of an earlier version of the code is enough.
        """
        kept = self._latest()
        return {
            cell: kept[cell].verdict
            for cell in cells
            if cell in kept
            and not kept[cell].verdict.problems
            and (is_any_version or kept[cell].version == self._version)
        }

    def keep_rows(self, recorded: Mapping[str, Recorded]) -> None:
        """Keep what undisturbed runs of this version did, by scenario."""
        self._folder.mkdir(parents=True, exist_ok=True)
        written = {
            scenario: {"calls": list(map(str, run.calls)), "states": list(map(str, run.states))}
            for scenario, run in recorded.items()
        }
        self._rows.write_text(json.dumps(written))

    def rows(self) -> dict[str, Recorded] | None:
        """Return what undisturbed runs of this version did; None where that is not known yet."""
        if not self._rows.exists():
            return None
        return {
            scenario: Recorded(
                tuple(CallKey.parse(one) for one in run["calls"]),
                tuple(StateKey(*one.split("/")) for one in run["states"]),
            )
            for scenario, run in json.loads(self._rows.read_text()).items()
        }

    def _latest(self) -> dict[str, Kept]:
        lines = self._verdicts.read_text().splitlines() if self._verdicts.exists() else []
        kept: dict[str, Kept] = {}
        for line in lines:
            try:
                one = json.loads(line)
            except ValueError:
                continue  # cut off, or empty
            verdict = Verdict(tuple(one["problems"]), one["skipped"])
            kept[one["cell"]] = Kept(one["version"], verdict)
        return kept
