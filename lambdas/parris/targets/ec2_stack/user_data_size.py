"""Calculates the minimum size of a template's user data from the template's text."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

MOST_BYTES = 16_384
"""Source: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/instancedata-add-user-data.html"""

_KEY = re.compile(r"^( *)(?:- +)?[\"']?UserData[\"']?:(.*)$")
# The value that CloudFormation inserts may be shorter than its placeholder.
_PLACEHOLDER = re.compile(r"\$\{[^}]*\}")


def least_user_data_bytes(template: str) -> int:
    """Return the size of the longest user data in a template, without its placeholders.

    Only literal text counts, but no values of parameters and no joined references.
    """
    try:
        document = json.loads(template)
    except ValueError:
        return max((_size(text) for text in _blocks(template)), default=0)
    return max((sum(map(_size, _texts(one))) for one in _user_data_in(document)), default=0)


def _size(text: str) -> int:
    return len(_PLACEHOLDER.sub("", text).encode("utf-8", "replace"))


def _blocks(template: str) -> Iterator[str]:
    """Yield the text below each UserData of a YAML template, without its indentation."""
    lines = template.splitlines()
    for number, line in enumerate(lines):
        found = _KEY.match(line)
        if found is None:
            continue
        own, indent = len(found[1]), 0
        texts: list[str] = []
        for below in lines[number + 1 :]:
            depth = len(below) - len(below.lstrip(" "))
            if below.strip() and depth <= own:
                break
            if below.rstrip().endswith(("|", "|-", "|+", ">", ">-")) and not texts:
                continue  # Fn::Base64: !Sub | and the like
            indent = indent or depth
            texts.append(below[indent:])
        yield "\n".join(texts)


def _user_data_in(value: object) -> Iterator[object]:
    if isinstance(value, dict):
        for key, inner in value.items():
            if key == "UserData":
                yield inner
            else:
                yield from _user_data_in(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _user_data_in(inner)


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for inner in value.values():
            yield from _texts(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _texts(inner)
