"""Replaces one function or method of moto: once, and with an error when moto has changed.

While no embedded AWS is running, moto's original behaviour applies.
"""

import functools
import inspect
from collections.abc import Callable
from typing import Any

from moto import backends

from embedded_aws.context import is_for_itself

_wrapped: set[tuple[int, str, str]] = set()
_on_use: dict[str, list[Callable[[], None]]] = {}


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


def patch_on_use(service: str, patch: Callable[[], None]) -> None:
    """Call `patch` when moto first serves a request for a service, whose import takes long.

    Args:
        service: moto's name of it.
        patch: calls `wrap`; may be called again by a later embedded AWS.
    """
    wrap(backends, "get_backend", _make_get_backend)
    patches = _on_use.setdefault(service, [])
    if patch not in patches:
        patches.append(patch)


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


def _make_get_backend(original: Any) -> Any:
    def get_backend(name: str) -> Any:
        found = original(name)
        for patch in _on_use.get(name, []):
            patch()
        return found

    return get_backend
