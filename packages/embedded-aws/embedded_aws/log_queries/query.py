"""A query of Logs Insights: the commands fields, filter, stats, sort and limit.

Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/CWL_QuerySyntax.html
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any, TypeVar

from embedded_aws.log_queries.expressions import Reader, Row, Value, number_of
from embedded_aws.log_queries.tokens import QueryMalformedError, commands_of

_Item = TypeVar("_Item")
_MOST_ROWS = 10_000
_Rows = list[dict[str, Any]]
_Step = Callable[[_Rows], _Rows]
_AGGREGATES: dict[str, Callable[[list[float]], float]] = {
    "sum": sum,
    "min": min,
    "max": max,
    "avg": lambda numbers: sum(numbers) / len(numbers),
}


@dataclass(slots=True)
class Query:
    """A query that was read.

    `fields` are the fields of log events that it reads, without the names that it gives itself;
    `columns` are those of its results, in order.
    """

    fields: set[str] = field(default_factory=set)
    columns: list[str] = field(default_factory=list)
    _steps: list[_Step] = field(default_factory=list)
    _names: set[str] = field(default_factory=set)
    _is_sorted: bool = False
    _is_counted: bool = False

    def run(self, events: Iterable[Row]) -> list[dict[str, Any]]:
        """Return the results of log events, each with the columns that it has a value for.

        Those that are log events, and no counts, have `@ptr` as well.
        """
        rows = [dict(event) for event in events]
        for step in self._steps:
            rows = step(rows)
        if not self._is_sorted and not self._is_counted:
            rows = _sorted(rows, "@timestamp", is_falling=True)
        columns = self.columns if self._is_counted else [*self.columns, "@ptr"]
        return [
            {name: row[name] for name in columns if row.get(name) is not None}
            for row in rows[:_MOST_ROWS]
        ]

    def read(self, command: str, reader: Reader) -> None:
        """Add a command.

        Raises:
            QueryMalformedError: when it is not a command of the language, or not modelled.
        """
        if command not in _COMMANDS:
            raise QueryMalformedError(f"the embedded AWS does not model the command {command}")
        _COMMANDS[command](self, reader)
        if not reader.is_at_end:
            raise QueryMalformedError(f"{command}: {reader.next_of('name', 'text', 'sign')} left")
        self.fields |= reader.fields - self._names

    def _read_fields(self, reader: Reader) -> None:
        chosen = _listed(reader, _named_value)
        self.columns = [name for name, _ in chosen]
        self._names |= {name for name, value in chosen if name not in reader.fields}

        def step(rows: _Rows) -> _Rows:
            return [{**row, **{name: value(row) for name, value in chosen}} for row in rows]

        self._steps.append(step)

    def _read_filter(self, reader: Reader) -> None:
        condition = reader.condition()
        self._steps.append(lambda rows: [row for row in rows if condition(row)])

    def _read_sort(self, reader: Reader) -> None:
        name = reader.next_of("name").text
        if name not in self._names:
            reader.fields.add(name)
        is_falling = reader.take("asc", "desc") != "asc"
        self._is_sorted = True
        self._steps.append(lambda rows: _sorted(rows, name, is_falling=is_falling))

    def _read_limit(self, reader: Reader) -> None:
        most = int(reader.next_of("number").text)
        if not self._is_sorted and not self._is_counted:
            self._steps.append(lambda rows: _sorted(rows, "@timestamp", is_falling=True))
            self._is_sorted = True
        self._steps.append(lambda rows: rows[:most])

    def _read_stats(self, reader: Reader) -> None:
        counted = _listed(reader, _named_aggregate)
        groups = _listed(reader, _named_value) if reader.take("by") else []
        self.columns = [name for name, _ in [*groups, *counted]]
        self._names |= {name for name, _ in counted}
        self._is_counted, self._is_sorted = True, False

        def step(rows: _Rows) -> _Rows:
            found: dict[tuple[Any, ...], _Rows] = {}
            for row in rows:
                found.setdefault(tuple(value(row) for _, value in groups), []).append(row)
            return [
                {
                    **dict(zip((name for name, _ in groups), key, strict=True)),
                    **{name: aggregate(members) for name, aggregate in counted},
                }
                for key, members in found.items()
            ]

        self._steps.append(step)


_COMMANDS: dict[str, Callable[[Query, Reader], None]] = {
    "fields": Query._read_fields,
    "filter": Query._read_filter,
    "sort": Query._read_sort,
    "limit": Query._read_limit,
    "stats": Query._read_stats,
}


def parse_query(text: str) -> Query:
    """Return a query.

    Raises:
        QueryMalformedError: when it is not in the language, or not modelled.
    """
    query = Query(columns=["@timestamp", "@message"])
    for tokens in commands_of(text):
        query.read(tokens[0].text.lower(), Reader(tokens[1:]))
    return query


def _listed(reader: Reader, read: Callable[[Reader], _Item]) -> list[_Item]:
    found = [read(reader)]
    while reader.take(","):
        found.append(read(reader))
    return found


def _named_value(reader: Reader) -> tuple[str, Value]:
    before = set(reader.fields)
    value = reader.value()
    if reader.take("as"):
        return reader.next_of("name").text, value
    new = reader.fields - before
    if len(new) != 1:
        raise QueryMalformedError("the embedded AWS models no expression without `as`")
    return new.pop(), value


def _named_aggregate(reader: Reader) -> tuple[str, Callable[[_Rows], Any]]:
    function = reader.next_of("name").text.lower()
    reader.expect("(")
    if function == "count":
        reader.expect("*")
        aggregate: Callable[[_Rows], Any] = len
    elif function in _AGGREGATES:
        aggregate = _aggregate(_AGGREGATES[function], reader.value())
    else:
        raise QueryMalformedError(f"the embedded AWS does not model {function}()")
    reader.expect(")")
    reader.expect("as")
    return reader.next_of("name").text, aggregate


def _aggregate(calculate: Callable[[list[float]], float], value: Value) -> Callable[[_Rows], Any]:
    def aggregate(rows: _Rows) -> float | None:
        numbers = [number for row in rows if (number := number_of(value(row))) is not None]
        return calculate(numbers) if numbers else None

    return aggregate


def _sorted(rows: _Rows, name: str, *, is_falling: bool) -> _Rows:
    present = [row for row in rows if row.get(name) is not None]
    absent = [row for row in rows if row.get(name) is None]
    return [*sorted(present, key=lambda row: _order(row[name]), reverse=is_falling), *absent]


def _order(value: Any) -> tuple[int, float, str]:
    number = number_of(value)
    return (0, number, "") if number is not None else (1, 0.0, str(value))
