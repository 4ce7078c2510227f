"""The part of AWS IoT's SQL that is modelled: fields, `topic()` and `timestamp()` of a message.

Everything else that the SQL of a rule may contain (WHERE, other functions, literals, nested
queries) is refused when the rule is created.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Self

_QUERY = re.compile(r"\s*SELECT\s+(?P<items>.+?)\s+FROM\s+'(?P<filter>[^']*)'\s*", re.I | re.S)
_ITEM = re.compile(r"(?P<what>[\w.]+(?:\(\d*\))?)(?:\s+AS\s+(?P<name>\w+))?", re.I)
_FUNCTION = re.compile(r"(?P<name>\w+)\((?P<argument>\d*)\)")


class SqlNotModelledError(ValueError):
    """The SQL is invalid, or contains something that is not modelled here."""


@dataclass(frozen=True, slots=True)
class Published:
    """A message: its topic, its fields, and its timestamp."""

    topic: str
    fields: dict[str, Any]
    at: datetime


# Missing values are left out of the result, as AWS leaves out what is Undefined.
_ABSENT = object()
_Value = Callable[[Published], Any]


@dataclass(frozen=True, slots=True)
class Query:
    """A parsed rule. `items` has a name for each value; the name of `*` is empty."""

    items: tuple[tuple[str, _Value], ...]
    topic_filter: str

    @classmethod
    def parse(cls, sql: str) -> Self:
        """Parse a rule's SQL.

        Raises:
            SqlNotModelledError: with what is not modelled.
        """
        found = _QUERY.fullmatch(sql)
        if found is None:
            raise SqlNotModelledError(f"{sql!r} is not of the form SELECT ... FROM '...'")
        items = tuple(_parse_item(item.strip()) for item in found["items"].split(","))
        return cls(items, found["filter"])

    def select(self, message: Published) -> dict[str, Any] | None:
        """Return the rule's result for a message, None if its topic does not match."""
        if not matches_topic(self.topic_filter, message.topic):
            return None
        selected: dict[str, Any] = {}
        for name, value_of in self.items:
            value = value_of(message)
            if not name:
                selected |= value
            elif value is not _ABSENT:
                selected[name] = value
        return selected


def matches_topic(topic_filter: str, topic: str) -> bool:
    """Return whether an MQTT topic matches a filter: `+` is one level, `#` is all."""
    wanted, given = topic_filter.split("/"), topic.split("/")
    if topic.startswith("$") and wanted[0] in ("+", "#"):
        return False
    for at, level in enumerate(wanted):
        if level == "#":
            return True
        if at >= len(given) or level not in ("+", given[at]):
            return False
    return len(wanted) == len(given)


def _parse_item(item: str) -> tuple[str, _Value]:
    if item == "*":
        return "", lambda message: message.fields
    found = _ITEM.fullmatch(item)
    if found is None:
        raise SqlNotModelledError(f"{item!r} in a SELECT is not modelled")
    what = found["what"]
    function = _FUNCTION.fullmatch(what)
    if function is None:
        path = what.split(".")
        return found["name"] or path[-1], lambda message: _look_up(message.fields, path)
    name, argument = function["name"].lower(), function["argument"]
    return found["name"] or name, _parse_function(name, argument, item)


def _parse_function(name: str, argument: str, item: str) -> _Value:
    if name == "timestamp" and not argument:
        return lambda message: int(message.at.timestamp() * 1000)
    if name == "topic" and not argument:
        return lambda message: message.topic
    if name == "topic":
        return lambda message: dict(enumerate(message.topic.split("/"), 1)).get(
            int(argument), _ABSENT
        )
    raise SqlNotModelledError(f"the function of {item!r} is not modelled")


def _look_up(fields: Any, path: list[str]) -> Any:
    found = fields
    for step in path:
        if not isinstance(found, dict) or step not in found:
            return _ABSENT
        found = found[step]
    return found
