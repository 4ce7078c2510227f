"""Policy documents, and their effect on an action on a resource."""

import functools
import json
from dataclasses import dataclass
from typing import Any

from embedded_aws.permissions.conditions import conditions_hold
from embedded_aws.permissions.patterns import Context, matches, matches_any

# A policy without a version has the version of 2008.
_KNOWS_VARIABLES = "2012-10-17"


@dataclass(frozen=True, slots=True)
class Demand:
    """One action on one resource, with further condition keys (in lower case)."""

    action: str
    resource: str = "*"
    context: tuple[tuple[str, str | tuple[str, ...]], ...] = ()


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement of a policy; an empty tuple stands for a missing element."""

    is_allow: bool
    actions: tuple[str, ...]
    not_actions: tuple[str, ...]
    resources: tuple[str, ...]
    not_resources: tuple[str, ...]
    principals: tuple[tuple[str, str], ...]
    condition: dict[str, Any]

    def is_about(self, demand: Demand, context: Context) -> bool:
        """Return whether action, resource and conditions match the demand."""
        if not self._names_action(demand.action):
            return False
        if self.resources and not matches_any(self.resources, demand.resource, context):
            return False
        if self.not_resources and matches_any(self.not_resources, demand.resource, context):
            return False
        return conditions_hold(self.condition, context)

    def _names_action(self, action: str) -> bool:
        named = self.actions or self.not_actions
        is_named = any(matches(one, action, {}, ignore_case=True) for one in named)
        return is_named if self.actions else not is_named


@functools.lru_cache(maxsize=512)
def statements_of(document: str) -> tuple[Statement, ...]:
    """Return the statements of a JSON policy."""
    parsed = json.loads(document)
    if parsed.get("Version") != _KNOWS_VARIABLES:
        parsed = _with_plain_dollars(parsed)
    return tuple(_statement(one) for one in _listed(parsed.get("Statement", [])))


def allows(document: str, demand: Demand, context: Context) -> bool:
    """Return whether a policy has a statement that allows the demand."""
    return any(s.is_allow and s.is_about(demand, context) for s in statements_of(document))


def denies(document: str, demand: Demand, context: Context) -> bool:
    """Return whether a policy has a statement that denies the demand."""
    return any(not s.is_allow and s.is_about(demand, context) for s in statements_of(document))


def _with_plain_dollars(value: Any) -> Any:
    """Return a policy whose version has no variables, with every `${...}` taken literally."""
    if isinstance(value, str):
        return value.replace("${", "${$}{")
    if isinstance(value, dict):
        return {key: _with_plain_dollars(one) for key, one in value.items()}
    return [_with_plain_dollars(one) for one in value] if isinstance(value, list) else value


def _statement(raw: dict[str, Any]) -> Statement:
    return Statement(
        is_allow=raw["Effect"] == "Allow",
        actions=_texts(raw.get("Action")),
        not_actions=_texts(raw.get("NotAction")),
        resources=_texts(raw.get("Resource")),
        not_resources=_texts(raw.get("NotResource")),
        principals=_principals(raw.get("Principal")),
        condition=raw.get("Condition") or {},
    )


def _principals(raw: Any) -> tuple[tuple[str, str], ...]:
    if isinstance(raw, str):
        return (("AWS", raw),)
    found = (raw or {}).items()
    return tuple((kind, name) for kind, names in found for name in _texts(names))


def _texts(raw: Any) -> tuple[str, ...]:
    return tuple(str(one) for one in _listed(raw))


def _listed(raw: Any) -> list[Any]:
    if raw is None:
        return []
    return raw if isinstance(raw, list) else [raw]
