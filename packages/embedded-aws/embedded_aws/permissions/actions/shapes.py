"""The common forms of entries in the tables."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from embedded_aws.permissions.call import Call
from embedded_aws.permissions.documents import Demand

Demands = Callable[[Call], Iterable[Demand]]
Table = dict[str, Demands]


def on_everything(*operations: str) -> Table:
    """Return entries for operations that have no resource: policies must say `*`."""
    return {name: _on(name, lambda call: "*") for name in operations}


def on_resource(resource: Callable[[Call], str], *operations: str) -> Table:
    """Return entries for operations whose action has their own name and one resource."""
    return {name: _on(name, resource) for name in operations}


def as_action(action: str, resource: Callable[[Call], str]) -> Demands:
    """Return an entry for an operation whose action has a different name."""
    return _on(action, resource)


def pass_role(role_arn: str, service: str) -> list[Demand]:
    """Return what passing a role to a service needs; nothing if no role is passed."""
    if not role_arn:
        return []
    return [Demand("iam:PassRole", role_arn, (("iam:passedtoservice", service),))]


def tag_context(prefix: str, tags: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    """Return the context keys of tags; `prefix` is for instance `aws:RequestTag`."""
    return tuple((f"{prefix}/{key}".lower(), value) for key, value in tags.items())


def tags_from(listed: Any, key: str = "Key", value: str = "Value") -> dict[str, str]:
    """Return tags given as a list of keys and values."""
    return {str(tag[key]): str(tag.get(value, "")) for tag in listed or []}


def _on(action: str, resource: Callable[[Call], str]) -> Demands:
    def demands(call: Call) -> list[Demand]:
        full = action if ":" in action else f"{call.service}:{action}"
        return [Demand(full, resource(call))]

    return demands
