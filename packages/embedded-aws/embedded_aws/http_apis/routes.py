"""Finds the route of a request: the most specific one of its API.

Source: https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-routes.html
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

_DEFAULT = "$default"


@dataclass(frozen=True, slots=True)
class Match:
    """A route, as moto has it, and the values of the parameters in its path."""

    route: Any
    parameters: dict[str, str]


def find_route(routes: Iterable[Any], method: str, path: str) -> Match | None:
    """Return the route of a request, None if there is none."""
    found = [
        (_rank(route.route_key), Match(route, parameters))
        for route in routes
        if (parameters := _parameters(route.route_key, method, path)) is not None
    ]
    return min(found, key=lambda one: one[0])[1] if found else None


def _parameters(route_key: str, method: str, path: str) -> dict[str, str] | None:
    if route_key == _DEFAULT:
        return {}
    route_method, _, route_path = route_key.partition(" ")
    if route_method not in (method, "ANY"):
        return None
    wanted, given = _parts(route_path), _parts(path)
    parameters: dict[str, str] = {}
    for position, part in enumerate(wanted):
        if part.startswith("{") and part.endswith("+}"):
            rest = given[position:]
            return {**parameters, part[1:-2]: "/".join(rest)} if rest else None
        if position >= len(given):
            return None
        if part.startswith("{"):
            parameters[part[1:-1]] = given[position]
        elif part != given[position]:
            return None
    return parameters if len(wanted) == len(given) else None


def _parts(path: str) -> list[str]:
    return path.strip("/").split("/")


def _rank(route_key: str) -> tuple[int, int, int]:
    """Return what sorts routes: full matches, then variables, then greedy ones, then $default."""
    if route_key == _DEFAULT:
        return (3, 0, 0)
    method, _, path = route_key.partition(" ")
    kind = 2 if "+}" in path else 1 if "{" in path else 0
    fixed = sum(not part.startswith("{") for part in _parts(path))
    return (kind, -fixed, int(method == "ANY"))
