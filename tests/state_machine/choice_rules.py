"""Which rule of a Choice applies: a second reading of the rules that the definition uses."""

from datetime import datetime
from fnmatch import fnmatchcase
from typing import Any

from tests.state_machine.histories import Visit

DEFAULT = "Default"
_ABSENT = object()


def rule_taken(state: dict[str, Any], visit: Visit) -> str:
    """Return the number of the first rule that applies, as a text, or `Default`."""
    for number, rule in enumerate(state["Choices"]):
        if _applies(rule, visit):
            return str(number)
    return DEFAULT


def target_of(state: dict[str, Any], taken: str) -> str:
    """Return the state that a rule leads to."""
    target: str = state[DEFAULT] if taken == DEFAULT else state["Choices"][int(taken)]["Next"]
    return target


def _applies(rule: dict[str, Any], visit: Visit) -> bool:
    if "And" in rule:
        return all(_applies(inner, visit) for inner in rule["And"])
    (operator,) = set(rule) - {"Variable", "Next", "Comment"}
    found, expected = _value_at(rule["Variable"], visit), rule[operator]
    match operator:
        case "IsPresent":
            return (found is not _ABSENT) is expected
        case "IsNull":
            return (found is None) is expected
        case "StringEquals" | "BooleanEquals":
            return bool(found == expected)
        case "StringMatches":
            # fnmatch knows brackets and question marks too, which this pattern does not have.
            return isinstance(found, str) and fnmatchcase(found, expected)
        case "NumericLessThan":
            return bool(found < expected)
        case "TimestampLessThanPath":
            return _moment(found) < _moment(_value_at(expected, visit))
    raise NotImplementedError(operator)


def _value_at(path: str, visit: Visit) -> Any:
    if path == "$$.State.EnteredTime":
        return visit.entered_at
    value = visit.data
    for key in path.split(".")[1:]:
        if not isinstance(value, dict) or key not in value:
            return _ABSENT
        value = value[key]
    return value


def _moment(value: Any) -> datetime:
    return value if isinstance(value, datetime) else datetime.fromisoformat(value)
