"""A definition with invalid transitions is refused when it is created.

AWS refuses a StartAt, Next, Default or Catch that names no state, and an unreachable state, with
InvalidDefinition. moto accepts both and fails in the middle of a run.
"""

import json
from collections.abc import Iterator
from typing import Any

from moto.stepfunctions.parser.api import InvalidDefinition
from moto.stepfunctions.parser.models import StepFunctionsParserBackend

from embedded_aws.patching import wrap


def install() -> None:
    """Patch the executing backend's validation."""
    wrap(StepFunctionsParserBackend, "_validate_definition", _make_validate)


def find_violations(machine: dict[str, Any], path: str = "") -> list[str]:
    """Return the invalid transitions of a machine or of one of its branches."""
    states = machine.get("States", {})
    start = machine.get("StartAt")
    violations = [] if start in states else [_missing("StartAt", start, f"{path}/StartAt")]
    reached = {start}
    for name, state in states.items():
        for field, target in _transitions(state):
            reached.add(target)
            if target not in states:
                violations.append(_missing(field, target, f"{path}/States/{name}/{field}"))
        for field, branch in _branches(state):
            violations += find_violations(branch, f"{path}/States/{name}/{field}")
    violations += [
        f'MISSING_TRANSITION_TARGET: State "{name}" is not reachable. at {path}/States/{name}'
        for name in states
        if name not in reached
    ]
    return violations


def _missing(field: str, target: object, at: str) -> str:
    return f"MISSING_TRANSITION_TARGET: Missing '{field}' target: {target} at {at}"


def _transitions(state: dict[str, Any]) -> Iterator[tuple[str, str]]:
    for field in ("Next", "Default"):
        if field in state:
            yield field, state[field]
    for rules in ("Choices", "Catch"):
        for index, rule in enumerate(state.get(rules, [])):
            yield f"{rules}[{index}]/Next", rule.get("Next")


def _branches(state: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for field in ("Iterator", "ItemProcessor"):
        if field in state:
            yield field, state[field]
    for index, branch in enumerate(state.get("Branches", [])):
        yield f"Branches[{index}]", branch


def _make_validate(original: Any) -> Any:
    def validate_definition(definition: str) -> None:
        original(definition)
        violations = find_violations(json.loads(definition))
        if violations:
            raise InvalidDefinition(f"Invalid State Machine Definition: '{', '.join(violations)}'")

    return validate_definition
