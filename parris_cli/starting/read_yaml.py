"""Reads YAML as what its writer meant: the values that JSON has, and no others.

PyYAML follows YAML 1.1, in which `no` is false, `12:30` is 750, `1e-3` is a text and a date is no
text. Here words are resolved as JSON and YAML 1.2 have them, and everything else is a text.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import yaml

from parris.validation.read_json import DEEPEST_LEVEL, TOO_DEEP, JsonTextError, decode_text

if TYPE_CHECKING:
    from parris.payloads import Json, Payload

# As YAML 1.2 has it, so .5, 1. and +3 too; zeros before a number, as in an account's id, are kept.
_NUMBER = re.compile(r"[-+]?(?:(?:0|[1-9][0-9]*)(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][-+]?[0-9]+)?")
_WHOLE = re.compile(r"[-+]?[0-9]+")
_WORDS: dict[str, Json] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL"), None),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}
_TEXT, _MERGE = "tag:yaml.org,2002:str", "<<"
_MAPPING, _SEQUENCE = "tag:yaml.org,2002:map", "tag:yaml.org,2002:seq"
_PLAIN = "plain"
_MOST_VALUES = 20_000
"""Aliases count wherever they are used: a few lines of them can mean billions of values."""


class _PlainLoader(yaml.SafeLoader):
    """Leaves every plain word as it is written."""

    yaml_implicit_resolvers: dict[str, list[tuple[str, re.Pattern[str]]]] = {}  # noqa: RUF012

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self._level = 0

    def compose_node(self, parent: yaml.Node | None, index: Any) -> yaml.Node | None:
        """Return the next node, and refuse one that lies too deep before all below it is read."""
        self._level += 1
        if self._level > DEEPEST_LEVEL:
            event: Any = self.peek_event()  # type: ignore[no-untyped-call]
            raise JsonTextError(_place(event.start_mark) + TOO_DEEP)
        node = super().compose_node(parent, index)
        self._level -= 1
        return node

    def resolve(self, kind: type[yaml.Node], value: Any, implicit: Any) -> str:
        """Return the tag of a node that has none: a plain word differs from `!!str word`."""
        if kind is yaml.ScalarNode:
            return _PLAIN if implicit[0] else _TEXT
        return _MAPPING if kind is yaml.MappingNode else _SEQUENCE


def read_yaml_object(body: bytes) -> Payload:
    """Return the object that a YAML file holds.

    Raises:
        JsonTextError: if there is none, a key is repeated, or a value has no JSON form.
    """
    text = decode_text(body)
    try:
        loader = _PlainLoader(text)
        try:
            node = loader.get_single_node()
        finally:
            loader.dispose()
    except yaml.MarkedYAMLError as err:
        raise JsonTextError(_place(err.problem_mark) + _words_of(err)) from None
    except yaml.YAMLError as err:
        raise JsonTextError(str(err).splitlines()[0]) from None
    if node is None:
        raise JsonTextError("empty; a config is a mapping of keys to values")
    if not isinstance(node, yaml.MappingNode):
        raise JsonTextError("no mapping of keys to values, which a config is")
    return _Reader().mapping(node, [])


class _Reader:
    """Turns nodes into values, and counts them."""

    def __init__(self) -> None:
        self._count = 0

    def mapping(self, node: yaml.MappingNode, above: list[yaml.Node]) -> Payload:
        """Return a mapping; keys of its own go over those that `<<` merges into it."""
        inner = self._entered(node, above)
        _refuse_tag(node, _MAPPING)
        own: Payload = {}
        merged: Payload = {}
        for key_node, value_node in node.value:
            key = self._key(key_node)
            if key == _MERGE and not key_node.style:
                for one in self._merged(value_node, inner):
                    merged = {**one, **merged}
                continue
            if key in own:
                raise JsonTextError(_place(key_node.start_mark) + f"the key {key!r} again")
            own[key] = self.value(value_node, inner)
        return {**merged, **own}

    def value(self, node: yaml.Node, above: list[yaml.Node]) -> Json:
        """Return what a node stands for."""
        if isinstance(node, yaml.MappingNode):
            return self.mapping(node, above)
        if isinstance(node, yaml.SequenceNode):
            inner = self._entered(node, above)
            _refuse_tag(node, _SEQUENCE)
            return [self.value(one, inner) for one in node.value]
        self._entered(node, above)
        return _scalar(node)

    def _merged(self, node: yaml.Node, above: list[yaml.Node]) -> list[Payload]:
        nodes = node.value if isinstance(node, yaml.SequenceNode) else [node]
        mappings = [one for one in nodes if isinstance(one, yaml.MappingNode)]
        if len(mappings) < len(nodes):
            raise JsonTextError(_place(node.start_mark) + "<< merges mappings only")
        return [self.mapping(one, above) for one in mappings]

    def _key(self, node: yaml.Node) -> str:
        if not isinstance(node, yaml.ScalarNode):
            raise JsonTextError(_place(node.start_mark) + "a key that is no text")
        return str(node.value)

    def _entered(self, node: yaml.Node, above: list[yaml.Node]) -> list[yaml.Node]:
        self._count += 1
        if self._count > _MOST_VALUES:
            raise JsonTextError(f"more than {_MOST_VALUES} values, aliases counted where used")
        if any(node is one for one in above):
            raise JsonTextError(_place(node.start_mark) + "an anchor that contains its own alias")
        if len(above) >= DEEPEST_LEVEL:
            raise JsonTextError(_place(node.start_mark) + TOO_DEEP)
        return [*above, node]


def _scalar(node: yaml.Node) -> Json:
    text = str(node.value)
    if node.tag != _PLAIN:
        _refuse_tag(node, _TEXT)
        return _with_whole_characters(text)
    if text in _WORDS:
        return _WORDS[text]
    if _NUMBER.fullmatch(text):
        return int(text) if _WHOLE.fullmatch(text) and len(text) <= 1_000 else float(text)
    return text


def _with_whole_characters(text: str) -> str:
    """Return a text in which both halves of a character, as JSON escapes it, are one."""
    if text.isascii() or not any("\ud800" <= letter <= "\udfff" for letter in text):
        return text
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "surrogatepass")


def _refuse_tag(node: yaml.Node, of_kind: str) -> None:
    if node.tag not in (of_kind, "!"):
        tag = node.tag.replace("tag:yaml.org,2002:", "!!")
        raise JsonTextError(_place(node.start_mark) + f"the tag {tag}, which JSON does not support")


def _place(mark: yaml.Mark | None) -> str:
    return "" if mark is None else f"line {mark.line + 1}, column {mark.column + 1}: "


def _words_of(err: yaml.MarkedYAMLError) -> str:
    problem = err.problem or err.context or "no YAML"
    if "\\t" in problem:
        return "a tab; YAML is indented with spaces"
    if "mapping values are not allowed here" in problem:
        return "a colon that begins no value; put the text in quotes, or check the indentation"
    return problem
