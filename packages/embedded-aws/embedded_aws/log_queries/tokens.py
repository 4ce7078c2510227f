"""Splits a query of Logs Insights into its commands, and a command into its tokens."""

import re
from dataclasses import dataclass

_TOKEN = re.compile(
    r"""
    (?P<blank>\s+)
  | (?P<regex>/(?:\\.|[^/\\\n])+/i?)
  | (?P<text>'(?:\\.|[^'\\])*'|"(?:\\.|[^"\\])*")
  | (?P<number>\d+(?:\.\d+)?)
  | (?P<name>@?[A-Za-z_][A-Za-z0-9_.@]*|`[^`]+`)
  | (?P<sign><=|>=|!=|[=<>+\-*(),|/%])
    """,
    re.VERBOSE,
)
_ENDS_OPERAND = ("text", "number", "name", "regex")


class QueryMalformedError(Exception):
    """The query is not in the language, or uses what the embedded AWS does not model."""


@dataclass(frozen=True, slots=True)
class Token:
    """One token: `kind` is text, number, name, regex or sign."""

    kind: str
    text: str


def commands_of(query: str) -> list[list[Token]]:
    """Return the tokens of each command.

    Raises:
        QueryMalformedError: when the query has something else than tokens.
    """
    commands: list[list[Token]] = [[]]
    for token in _tokens(query):
        if token == Token("sign", "|"):
            commands.append([])
        else:
            commands[-1].append(token)
    if not all(commands):
        raise QueryMalformedError("a command is missing beside a |")
    return commands


def _tokens(query: str) -> list[Token]:
    found: list[Token] = []
    position = 0
    while position < len(query):
        match = _TOKEN.match(query, position)
        if match is None:
            raise QueryMalformedError(f"unexpected {query[position : position + 20]!r}")
        kind, text = str(match.lastgroup), match[0]
        if kind == "regex" and _is_operand(found):  # a division
            kind, text = "sign", "/"
        if kind != "blank":
            found.append(Token(kind, text))
        position += len(text)
    return found


def _is_operand(found: list[Token]) -> bool:
    if not found:
        return False
    last = found[-1]
    if last.kind == "name" and last.text.lower() in ("like", "and", "or", "not"):
        return False
    return last.kind in _ENDS_OPERAND or last.text == ")"
