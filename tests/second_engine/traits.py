"""What an engine does otherwise in every case: taken out of both sides before they are compared."""

import re
from collections.abc import Callable, Mapping

from tests.second_engine.observe import Observation

_OK = re.compile(r"ok(?: x\d+)?")
_FAILED = " FAILED "


def without_traits(seen: Observation, traits: tuple[str, ...]) -> Observation:
    """Return an observation without what these traits change."""
    for name in traits:
        seen = TRAITS[name](seen)
    return seen


def _without_succeeded_attempts(seen: Observation) -> Observation:
    kept = []
    for step in filter(None, seen.get("attempts", "").split(" > ")):
        state, _, listed = step.removesuffix(")").partition("(")
        errors = [one for one in listed.split(", ") if not _OK.fullmatch(one)]
        if errors:
            kept.append(f"{state}({', '.join(errors)})")
    return {**seen, "attempts": " > ".join(kept)}


def _without_output_of_failures(seen: Observation) -> Observation:
    return {**seen, "output": ""} if _FAILED in f"{seen.get('end', '')} " else seen


TRAITS: Mapping[str, Callable[[Observation], Observation]] = {
    "no-task-events-of-mocked-successes": _without_succeeded_attempts,
    "failed-executions-have-an-output": _without_output_of_failures,
}
"""By their names in the ledger."""
