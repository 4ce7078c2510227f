"""Compiles the methods of data classes once.

`dataclass` writes the source of some six methods for each of 180 classes and has Python compile it,
in every process: as long as a twentieth of a short run. Here the code of a source that was compiled
before is taken from the file of `kept_modules`.
"""

import builtins
import dataclasses
from collections.abc import Mapping
from types import CodeType
from typing import Any

# By source. The code depends on nothing else.
_kept: dict[str, CodeType] = {}
_new: dict[str, CodeType] = {}


def install(kept: Mapping[str, CodeType]) -> None:
    """Take the code of methods from here from now on."""
    _kept.update(kept)
    vars(dataclasses)["exec"] = _exec  # instead of the built-in function


def all_methods() -> dict[str, CodeType]:
    """Return what is kept, and what was compiled in this process."""
    return dict(_kept)


def new_methods() -> dict[str, CodeType]:
    """Return what was compiled in this process."""
    return dict(_new)


def _exec(source: str, *namespaces: Any) -> None:
    code = _kept.get(source)
    if code is None:
        code = _kept[source] = _new[source] = compile(source, "<string>", "exec", dont_inherit=True)
    builtins.exec(code, *namespaces)
