"""Evaluates the Condition block of a statement."""

from collections.abc import Callable, Mapping
from typing import Any

from embedded_aws.permissions.errors import NotModelledError
from embedded_aws.permissions.patterns import Context, fill_variables, matches, matches_arn

_Test = Callable[[str, str, Context], bool]


def _equals(wanted: str, found: str, context: Context) -> bool:
    return fill_variables(wanted, context) == found


def _equals_ignoring_case(wanted: str, found: str, context: Context) -> bool:
    filled = fill_variables(wanted, context)
    return filled is not None and filled.lower() == found.lower()


_TESTS: dict[str, _Test] = {
    "StringEquals": _equals,
    "StringEqualsIgnoreCase": _equals_ignoring_case,
    "StringLike": matches,
    "ArnEquals": matches_arn,
    "ArnLike": matches_arn,
    "Bool": _equals_ignoring_case,
}
_NEGATIONS = {
    "StringNotEquals": "StringEquals",
    "StringNotEqualsIgnoreCase": "StringEqualsIgnoreCase",
    "StringNotLike": "StringLike",
    "ArnNotEquals": "ArnEquals",
    "ArnNotLike": "ArnLike",
}
_IF_EXISTS = "IfExists"


def conditions_hold(block: Mapping[str, Mapping[str, Any]], context: Context) -> bool:
    """Return whether every condition of a statement holds.

    Args:
        block: operators, keys and expected values, as in the policy.
        context: the request's condition keys in lower case, with their values.

    Raises:
        NotModelledError: for an operator that is not known here.
    """
    return all(
        _holds(operator, key.lower(), _listed(wanted), context)
        for operator, keys in block.items()
        for key, wanted in keys.items()
    )


def _holds(operator: str, key: str, wanted: list[str], context: Context) -> bool:
    quantifier, _, base = operator.rpartition(":")
    if base == "Null":
        is_absent = key not in context
        return any((value.lower() == "true") == is_absent for value in wanted)
    is_optional = base.endswith(_IF_EXISTS)
    base = base.removesuffix(_IF_EXISTS)
    is_negated = base in _NEGATIONS
    test = _TESTS.get(_NEGATIONS.get(base, base))
    if test is None or quantifier not in ("", "ForAllValues", "ForAnyValue"):
        raise NotModelledError(f"condition operator {operator} is not modelled")
    if key not in context:
        return is_optional or quantifier == "ForAllValues" or (is_negated and not quantifier)
    value = context[key]
    found = (value,) if isinstance(value, str) else value
    results = [any(test(one, other, context) for one in wanted) != is_negated for other in found]
    needs_all = quantifier == "ForAllValues" or (is_negated and not quantifier)
    return all(results) if needs_all else any(results)


def _listed(wanted: Any) -> list[str]:
    values = wanted if isinstance(wanted, list) else [wanted]
    return [str(value).lower() if isinstance(value, bool) else str(value) for value in values]
