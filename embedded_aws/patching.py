"""How a gap file replaces one function or method of moto: once, and loudly when moto changed."""

import inspect
from collections.abc import Callable
from typing import Any

_wrapped: set[tuple[int, str, str]] = set()


def wrap(owner: Any, name: str, make: Callable[[Any], Any]) -> None:
    """Replace `owner.name` by `make(original)`, the first time that this `make` is given.

    Static and class methods stay what they are; `make` then gets the plain function.

    Args:
        owner: a class or module of moto.
        name: the function, method or property that is replaced.
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
        return staticmethod(make(original.__func__))
    if isinstance(original, classmethod):
        return classmethod(make(original.__func__))
    return make(original)
