"""Runs the comparison of the searches and writes docs/search-benchmark.md.

`python -m benchmarks.search [--task NAME ...] [--write]`. What has run is kept in results/, so that
a run can be continued; a result counts only for the plan and the code that it was made with.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import warnings
from pathlib import Path

from benchmarks.search.plan import LOADS, METHODS, SEEDS
from benchmarks.search.report import Result, write_report
from benchmarks.search.simulate import simulate
from benchmarks.search.tasks import Task, all_tasks

_CLONE = Path(__file__).parents[2]
_MEASURED = ("benchmarks/search", "lambdas/parris/sweeps/search")


def main() -> None:
    """Run what has not run yet."""
    parser = argparse.ArgumentParser(description="compare the searches of sweeps")
    parser.add_argument("--task", action="append", help="run this task only")
    parser.add_argument("--write", action="store_true", help="write docs/search-benchmark.md")
    options = parser.parse_args()
    warnings.simplefilter("ignore")  # Optuna warns of what is experimental
    folder = _CLONE / "results" / "search-benchmark" / _digest()
    folder.mkdir(parents=True, exist_ok=True)
    tasks = [one for one in all_tasks() if not options.task or one.name in options.task]
    results = [result for task in tasks for result in _results(task, folder)]
    if options.write:
        write_report(results, _CLONE / "docs" / "search-benchmark.md")


def _results(task: Task, folder: Path) -> list[Result]:
    """Return the results of a task, of which those that were kept are not measured again."""
    file = folder / f"{task.name}.json"
    if file.is_file():
        return [Result(**one) for one in json.loads(file.read_text())]
    results = []
    for load in LOADS:
        for method in METHODS:
            outcomes = [simulate(task, method, load, seed) for seed in SEEDS]
            regrets = [one.regret for one in outcomes]
            seconds = sum(one.suggest_seconds for one in outcomes) / len(outcomes)
            results.append(Result(task.name, method, load.workers, regrets, seconds))
            print(results[-1].line(), flush=True)
    file.write_text(json.dumps([one.to_json() for one in results]))
    return results


def _digest() -> str:
    """Return a hash of everything that the results depend on."""
    digest = hashlib.sha256()
    for place in _MEASURED:
        for file in sorted((_CLONE / place).rglob("*")):
            if file.suffix in {".py", ".csv"} and file.name not in {"report.py", "__main__.py"}:
                digest.update(file.relative_to(_CLONE).as_posix().encode() + file.read_bytes())
    return digest.hexdigest()[:12]


if __name__ == "__main__":
    main()
