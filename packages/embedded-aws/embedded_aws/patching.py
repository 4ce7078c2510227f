"""Replaces one function or method of moto: once, and with an error when moto has changed.

While no embedded AWS is running, moto's original behaviour applies.
"""

import functools
import inspect
from collections.abc import Callable
from typing import Any

from embedded_aws.context import is_for_itself

_wrapped: set[tuple[int, str, str]] = set()


def wrap(owner: Any, name: str, make: Callable[[Any], Any]) -> None:
    """Replace `owner.name` by `make(original)`, the first time that `make` is given.

    Static and class methods stay what they are; `make` then receives the plain function.

    Args:
        owner: a class or module of moto.
        name: the function, method or property to replace.
        make: takes the original and returns the replacement.

    Raises:
        AttributeError: when `owner` has no such name (any more).
    """
    key = (id(owner), name, f"{make.__module__}.{make.__qualname__}")
    if key in _wrapped:
        return
    original = inspect.getattr_static(owner, name)
    setattr(owner, name, _like(original, make))
    _wrapped.add(key)


def _like(original: Any, make: Callable[[Any], Any]) -> Any:
    if isinstance(original, staticmethod):
        return staticmethod(_while_embedded(original.__func__, make(original.__func__)))
    if isinstance(original, classmethod):
        return classmethod(_while_embedded(original.__func__, make(original.__func__)))
    if isinstance(original, property):
        made = make(original)
        return property(_while_embedded(original.fget, made.fget), made.fset, made.fdel)
    return _while_embedded(original, make(original))


def _while_embedded(original: Any, replacement: Any) -> Any:
    if not inspect.isfunction(original):
        return replacement  # a class, which must stay one

    @functools.wraps(original)
    def call(*arguments: Any, **named: Any) -> Any:
        chosen = original if is_for_itself() else replacement
        return chosen(*arguments, **named)

    # What is abstract in moto is implemented now.
    call.__dict__.pop("__isabstractmethod__", None)
    return call
