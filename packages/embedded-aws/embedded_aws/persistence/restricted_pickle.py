"""What reading a pickled account may call, and which classes its objects may have.

A pickle is a program: its author chooses what is called when it is read. `restricted_reader` calls
the few functions of MAKERS, creates objects of moto's and this package's own classes without
calling their constructors, and fills in data. It never imports anything else.
"""

import importlib
import pickle
import types
from collections.abc import Callable
from typing import Any

# From the standard library, and harmless with any arguments.
_CALLED = {
    ("builtins", "bytearray"),
    ("builtins", "complex"),
    ("collections", "Counter"),
    ("collections", "OrderedDict"),
    ("collections", "defaultdict"),
    ("collections", "deque"),
    ("datetime", "date"),
    ("datetime", "datetime"),
    ("datetime", "time"),
    ("datetime", "timedelta"),
    ("datetime", "timezone"),
    ("decimal", "Decimal"),
    ("fractions", "Fraction"),
    *(
        ("ipaddress", f"IPv{version}{kind}")
        for version in (4, 6)
        for kind in ("Address", "Network")
    ),
    ("re", "_compile"),
}
_CLASSES_OF_OTHERS = {
    *(("builtins", name) for name in ("bool", "bytes", "dict", "float", "frozenset", "int")),
    *(("builtins", name) for name in ("list", "set", "str", "tuple")),
    ("collections", "OrderedDict"),
    ("collections", "defaultdict"),
    ("dateutil.tz.tz", "tzlocal"),
    ("dateutil.tz.tz", "tzutc"),
    ("requests.structures", "CaseInsensitiveDict"),
    ("urllib.parse", "ParseResult"),
    ("urllib.parse", "SplitResult"),
    ("uuid", "UUID"),
}
_OWN_PACKAGES = ("moto.", "embedded_aws.")
MAKERS: dict[tuple[str, str], Callable[..., Any]] = {}


def maker(function: Callable[..., Any]) -> Callable[..., Any]:
    """Allow the reader to call a function, with any arguments."""
    MAKERS[function.__module__, function.__qualname__] = function
    return function


def is_called(found: Any) -> bool:
    """Return whether the reader calls this by its own name."""
    name = (getattr(found, "__module__", ""), getattr(found, "__qualname__", ""))
    return name in _CALLED or name in MAKERS


def find_called(module: str, name: str) -> Any:
    """Return what may be called by that name.

    Raises:
        pickle.UnpicklingError: for everything else.
    """
    if (module, name) in MAKERS:
        return MAKERS[module, name]
    if (module, name) in _CALLED:
        return getattr(importlib.import_module(module), name)
    raise pickle.UnpicklingError(f"{module}.{name} may not be called")


class OwnUnpickler(pickle.Unpickler):
    """Reads what this process has written, in a fifth of the time: it trusts the instructions."""

    def find_class(self, module: str, name: str) -> Any:
        """Return what `find_called` does."""
        return find_called(module, name)


def find_class(module: str, name: str) -> type:
    """Return a class that the account may contain objects of.

    Raises:
        pickle.UnpicklingError: for all other classes, and for everything that is no class.
    """
    is_own = module.startswith(_OWN_PACKAGES) and not module.endswith("__main__")
    if not is_own and (module, name) not in _CLASSES_OF_OTHERS:
        raise pickle.UnpicklingError(f"{module}.{name} is not allowed in an account")
    found: Any = importlib.import_module(module)
    for part in name.split("."):
        found = getattr(found, part, None)
    is_kept = isinstance(found, type) and found.__module__ == module
    if not is_kept or issubclass(found, type):
        raise pickle.UnpicklingError(f"{module}.{name} is not a class of an account")
    return found  # type: ignore[no-any-return]


def fill(filled: Any, state: Any, known: set[tuple[type, str]]) -> None:
    """Give an object its state; never replace a method.

    Args:
        filled: the object.
        state: its attributes, or what its class takes instead.
        known: attributes of classes that were found to be data, to which more are added.

    Raises:
        pickle.UnpicklingError: when the state is not data, or the object may not be changed.
    """
    kind = type(filled)
    if isinstance(filled, type | types.FunctionType | types.ModuleType):
        raise pickle.UnpicklingError(f"{filled!r} may not be changed")
    # From the class: an object could have its own.
    set_state = getattr(kind, "__setstate__", None)
    if set_state is not None and _has_a_place(kind):
        set_state(filled, state)
        return
    slots = None
    if isinstance(state, tuple) and len(state) == 2:
        state, slots = state
    for name in (*(state or ()), *(slots or ())):
        if (kind, name) not in known:
            _require_data(kind, name)
            known.add((kind, name))
    if state:
        vars(filled).update(state)
    for name, value in (slots or {}).items():
        object.__setattr__(filled, name, value)


def _has_a_place(kind: type) -> bool:
    named = (kind.__module__, kind.__qualname__)
    return kind.__module__.startswith(_OWN_PACKAGES) or named in _CLASSES_OF_OTHERS


def _require_data(kind: type, name: object) -> None:
    found = getattr(kind, name, None) if isinstance(name, str) else type
    is_method = callable(found) and not isinstance(found, type)
    if is_method or (isinstance(name, str) and name.startswith("__")):
        raise pickle.UnpicklingError(f"{name} of {kind.__name__} is not data")
