"""`make second-engine`: the mock cases and a deployment on other engines, held against the ledger.

`python -m tests.second_engine [ENGINE ...]`; exits 1 where something differs that the ledger does
not know, or no longer differs, and 2 where an engine is not installed.
"""

import argparse
import json
import tempfile
from pathlib import Path

from tests.second_engine.compare import Comparison, compare_cases, compare_deployment
from tests.second_engine.engines import ENGINES
from tests.second_engine.ledger import Difference, Ledger, Trait, read_ledger
from tests.second_engine.observe import Observation, observe_cases
from tests.second_engine.suites import MOCK_CASES
from tests.state_machine.mock_config import mocked_aws
from tests.state_machine.mocks import MOCK_FILE


def main() -> int:
    """Compare the selected engines, print the ledger and return the exit code."""
    arguments = argparse.ArgumentParser(prog="python -m tests.second_engine", description=__doc__)
    arguments.add_argument("engines", nargs="*", metavar="ENGINE", help=", ".join(ENGINES))
    arguments.add_argument("--json", action="store_true", help="print what was seen, as JSON")
    asked = arguments.parse_args()
    names = asked.engines or list(ENGINES)
    for name in names:
        if name not in ENGINES:
            arguments.error(f"no engine {name!r}; there are {', '.join(ENGINES)}")
        if not (ENGINES[name].folder / "bin" / "python").exists():
            print(f"{name} is not installed: run `make second-engine`")
            return 2
    ledger = read_ledger()
    with tempfile.TemporaryDirectory(prefix="parris-second-engine-") as folder:
        print(f"the embedded engine runs {len(MOCK_CASES)} mock cases ...", flush=True)
        expected = _embedded(Path(folder) / "embedded")
        comparisons = []
        for name in names:
            print(f"{name} runs the same ...", flush=True)
            comparisons += compare_cases(ENGINES[name], expected, ledger, Path(folder) / name)
            if ENGINES[name].takes_deployments:
                print(f"sam build and sam deploy into {name} ...", flush=True)
                at = Path(folder) / f"{name}-deployment"
                comparisons.append(compare_deployment(ENGINES[name], ledger, at))
    if asked.json:
        print(json.dumps([{one.what: one.seen} for one in comparisons], indent=1))
    return _print_ledger(ledger, comparisons, names)


def _embedded(folder: Path) -> dict[str, Observation]:
    folder.mkdir()
    with mocked_aws(MOCK_FILE, folder) as aws:
        return observe_cases(aws.client("stepfunctions"), MOCK_CASES, at_once=len(MOCK_CASES))


def _print_ledger(ledger: Ledger, comparisons: list[Comparison], names: list[str]) -> int:
    print()
    entries: list[tuple[Trait | Difference, str]] = [(one, "every case") for one in ledger.traits]
    entries += [(one, ", ".join(one.cases)) for one in ledger.differences]
    for entry, cases in entries:
        if entry.engine in names:
            print(f"{entry.engine}: {entry.what}\n  at fault: {entry.at_fault}")
            print(f"  source: {entry.source}\n  seen in: {cases}")
    print()
    problems = 0
    for comparison in comparisons:
        print(f"{comparison.what}: {comparison.agreeing} of {len(comparison.seen)} agree")
        for line in comparison.unexplained:
            problems += 1
            print(f"  {line}")
    if problems:
        print(f"{problems} differences that tests/second_engine/ledger.json does not explain")
    else:
        print("every difference is in tests/second_engine/ledger.json, and none has vanished")
    return 1 if problems else 0


if __name__ == "__main__":
    raise SystemExit(main())
