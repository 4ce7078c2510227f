"""The ledger of known differences: data, and what of a run it does not explain."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

LEDGER_FILE = Path(__file__).parent / "ledger.json"


@dataclass(frozen=True, slots=True)
class Difference:
    """One difference of one engine from the service, with the cases that reproduce it.

    `cases` has what is seen of each: the aspect that differs first and its value. `source` says
    where the engine or AWS is documented to behave so.
    """

    name: str
    engine: str
    what: str
    at_fault: str
    source: str
    cases: Mapping[str, Mapping[str, str]]


@dataclass(frozen=True, slots=True)
class Trait:
    """A difference of an engine in every case, which hides no other one."""

    name: str
    engine: str
    what: str
    at_fault: str
    source: str


@dataclass(frozen=True, slots=True)
class Ledger:
    """All that is known."""

    differences: tuple[Difference, ...]
    traits: tuple[Trait, ...]

    def known_of(self, engine: str) -> dict[str, Mapping[str, str]]:
        """Return what is known to be seen of an engine, by case."""
        return {
            case: seen
            for one in self.differences
            if one.engine == engine
            for case, seen in one.cases.items()
        }

    def traits_of(self, engine: str) -> tuple[str, ...]:
        """Return the names of an engine's traits."""
        return tuple(one.name for one in self.traits if one.engine == engine)


def read_ledger(path: Path = LEDGER_FILE) -> Ledger:
    """Return the ledger of the file."""
    found = json.loads(path.read_text())
    return Ledger(
        tuple(Difference(**one) for one in found["differences"]),
        tuple(Trait(**one) for one in found["traits"]),
    )


def unexplained(
    known: Mapping[str, Mapping[str, str]], found: Mapping[str, Mapping[str, str]]
) -> list[str]:
    """Return a line for each difference that is new, has changed or has vanished.

    Args:
        known: what the ledger says is seen, by case.
        found: the aspects that differ, with what was seen, by case; empty for a case that agrees.
    """
    lines = []
    for case, seen in found.items():
        expected = dict(known.get(case, {}))
        if seen == expected:
            continue
        if not seen:
            lines.append(f"vanished: {case}: it agrees now; take it out of {LEDGER_FILE.name}")
        elif expected:
            lines.append(f"changed: {case}: {json.dumps(seen)}, not {json.dumps(expected)}")
        else:
            lines.append(f"new: {case}: {json.dumps(seen)}")
    return lines
