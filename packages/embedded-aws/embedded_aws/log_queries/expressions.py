"""Expressions of Logs Insights: what they say about one log event.

A value is a number, a text, a truth or None, which a field has that the event lacks.
"""

import re
from collections.abc import Callable, Mapping
from typing import Any

from embedded_aws.log_queries.tokens import QueryMalformedError, Token

Row = Mapping[str, Any]
Value = Callable[[Row], Any]

_COMPARISONS: dict[str, Callable[[Any, Any], bool]] = {
    "=": lambda left, right: bool(left == right),
    "!=": lambda left, right: bool(left != right),
    "<": lambda left, right: bool(left < right),
    "<=": lambda left, right: bool(left <= right),
    ">": lambda left, right: bool(left > right),
    ">=": lambda left, right: bool(left >= right),
}
_SUMS: dict[str, Callable[[float, float], float]] = {
    "+": lambda left, right: left + right,
    "-": lambda left, right: left - right,
}
_PRODUCTS: dict[str, Callable[[float, float], float]] = {
    "*": lambda left, right: left * right,
    "/": lambda left, right: left / right,
}


class Reader:
    """Reads expressions from the tokens of one command.

    Args:
        tokens: those after the name of the command.
    """

    def __init__(self, tokens: list[Token]) -> None:
        """Stand before the first token; `fields` are the fields that are read so far."""
        self._tokens = tokens
        self._at = 0
        self.fields: set[str] = set()

    @property
    def is_at_end(self) -> bool:
        """Whether no token is left."""
        return self._at == len(self._tokens)

    def take(self, *texts: str) -> str | None:
        """Return the next token in small letters and go on, if it is one of these."""
        if not self.is_at_end and self._tokens[self._at].text.lower() in texts:
            self._at += 1
            return self._tokens[self._at - 1].text.lower()
        return None

    def expect(self, text: str) -> None:
        """Go on after this token.

        Raises:
            QueryMalformedError: when another one is next.
        """
        if self.take(text) is None:
            raise QueryMalformedError(f"{text} expected, {self._shown()} found")

    def next_of(self, *kinds: str) -> Token:
        """Return the next token and go on.

        Raises:
            QueryMalformedError: when it is of another kind, or none is left.
        """
        if self.is_at_end or self._tokens[self._at].kind not in kinds:
            raise QueryMalformedError(f"{' or '.join(kinds)} expected, {self._shown()} found")
        self._at += 1
        return self._tokens[self._at - 1]

    def condition(self) -> Value:
        """Read a condition, with `or` and `and`."""
        left = self._conjunction()
        while self.take("or"):
            left = _either(left, self._conjunction())
        return left

    def value(self) -> Value:
        """Read an arithmetic expression."""
        left = self._product()
        while sign := self.take("+", "-"):
            left = _calculated(_SUMS[sign], left, self._product())
        return left

    def _conjunction(self) -> Value:
        left = self._negation()
        while self.take("and"):
            left = _both(left, self._negation())
        return left

    def _negation(self) -> Value:
        if self.take("not"):
            inner = self._negation()
            return lambda row: not inner(row)
        return self._comparison()

    def _comparison(self) -> Value:
        left = self.value()
        if self.take("like"):
            return _like(left, self._pattern())
        if self.take("not"):
            self.expect("like")
            inner = _like(left, self._pattern())
            return lambda row: not inner(row)
        if sign := self.take(*_COMPARISONS):
            return _compared(_COMPARISONS[sign], left, self.value())
        return left

    def _pattern(self) -> re.Pattern[str]:
        token = self.next_of("regex", "text")
        if token.kind == "text":
            return re.compile(re.escape(_unquoted(token)))
        body, _, flags = token.text[1:].rpartition("/")
        return re.compile(body, re.IGNORECASE if flags else 0)

    def _product(self) -> Value:
        left = self._operand()
        while sign := self.take("*", "/"):
            left = _calculated(_PRODUCTS[sign], left, self._operand())
        return left

    def _operand(self) -> Value:
        if self.take("("):
            inner = self.condition()
            self.expect(")")
            return inner
        token = self.next_of("text", "number", "name")
        if token.kind == "text":
            text = _unquoted(token)
            return lambda row: text
        if token.kind == "number":
            number = float(token.text)
            return lambda row: number
        if self.take("("):
            return self._called(token.text.lower())
        name = token.text.strip("`")
        self.fields.add(name)
        return lambda row: row.get(name)

    def _called(self, function: str) -> Value:
        if function != "ispresent":
            raise QueryMalformedError(f"the embedded AWS does not model {function}()")
        inner = self.value()
        self.expect(")")
        return lambda row: inner(row) is not None

    def _shown(self) -> str:
        return "the end" if self.is_at_end else repr(self._tokens[self._at].text)


def number_of(value: Any) -> float | None:
    """Return a value as a number: a text that is a number counts as one."""
    try:
        return None if value is None or isinstance(value, bool) else float(value)
    except ValueError:
        return None


def _unquoted(token: Token) -> str:
    return re.sub(r"\\(.)", r"\1", token.text[1:-1])


def _either(left: Value, right: Value) -> Value:
    return lambda row: bool(left(row) or right(row))


def _both(left: Value, right: Value) -> Value:
    return lambda row: bool(left(row) and right(row))


def _like(left: Value, pattern: re.Pattern[str]) -> Value:
    return lambda row: (text := left(row)) is not None and bool(pattern.search(str(text)))


def _compared(compare: Callable[[Any, Any], bool], left: Value, right: Value) -> Value:
    def check(row: Row) -> bool:
        one, other = left(row), right(row)
        if one is None or other is None:
            return False
        numbers = number_of(one), number_of(other)
        if None not in numbers:
            return compare(*numbers)
        return compare(str(one), str(other))

    return check


def _calculated(calculate: Callable[[float, float], float], left: Value, right: Value) -> Value:
    def value(row: Row) -> float | None:
        one, other = number_of(left(row)), number_of(right(row))
        if one is None or other is None:
            return None
        try:
            return calculate(one, other)
        except ZeroDivisionError:
            return None

    return value
