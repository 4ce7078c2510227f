"""Reads a pickled account, calling nothing except the functions listed here.

A pickle is a program: its author chooses what is called when it is read. This reader supports only
the instructions that `account_pickle` writes. It calls the few functions of MAKERS, creates objects
of moto's and this package's own classes without calling their constructors, and fills in data. It
never imports anything else, and never replaces a method.
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
_OPCODES = """
    PROTO FRAME STOP MARK MEMOIZE BINPUT LONG_BINPUT BINGET LONG_BINGET POP POP_MARK
    NONE NEWTRUE NEWFALSE BININT BININT1 BININT2 LONG1 LONG4 BINFLOAT
    SHORT_BINUNICODE BINUNICODE BINUNICODE8 SHORT_BINBYTES BINBYTES BINBYTES8 BYTEARRAY8
    EMPTY_TUPLE TUPLE TUPLE1 TUPLE2 TUPLE3 EMPTY_LIST APPEND APPENDS EMPTY_DICT SETITEM SETITEMS
    EMPTY_SET ADDITEMS FROZENSET STACK_GLOBAL REDUCE BUILD
"""

MAKERS: dict[tuple[str, str], Callable[..., Any]] = {}


def maker(function: Callable[..., Any]) -> Callable[..., Any]:
    """Allow the reader to call a function, with any arguments."""
    MAKERS[function.__module__, function.__qualname__] = function
    return function


def is_called(found: Any) -> bool:
    """Return whether the reader calls this by its own name."""
    name = (getattr(found, "__module__", ""), getattr(found, "__qualname__", ""))
    return name in _CALLED or name in MAKERS


class _Finder:
    def find_class(self, module: str, name: str) -> Any:
        """Return what may be called by that name.

        Raises:
            pickle.UnpicklingError: for everything else.
        """
        if (module, name) in MAKERS:
            return MAKERS[module, name]
        if (module, name) in _CALLED:
            return getattr(importlib.import_module(module), name)
        raise pickle.UnpicklingError(f"{module}.{name} may not be called")


class OwnUnpickler(_Finder, pickle.Unpickler):
    """Reads what this process has written, in a tenth of the time: it trusts the instructions."""


class RestrictedUnpickler(_Finder, pickle._Unpickler):
    """Reads what `account_pickle` has written."""

    stack: Any
    pop_mark: Any

    def _call(self) -> None:
        arguments, called = self.stack.pop(), self.stack[-1]
        if not is_called(called) or not isinstance(arguments, tuple):
            raise pickle.UnpicklingError(f"{called!r} may not be called")
        self.stack[-1] = called(*arguments)

    def _build(self) -> None:
        state, filled = self.stack.pop(), self.stack[-1]
        if isinstance(filled, type | types.FunctionType | types.ModuleType):
            raise pickle.UnpicklingError(f"{filled!r} may not be changed")
        # From the class: an object could have its own.
        set_state = getattr(type(filled), "__setstate__", None)
        if set_state is not None and _has_a_place(type(filled)):
            set_state(filled, state)
            return
        slots = None
        if isinstance(state, tuple) and len(state) == 2:
            state, slots = state
        for name, value in (state or {}).items():
            _require_data(filled, name)
            vars(filled)[name] = value
        for name, value in (slots or {}).items():
            _require_data(filled, name)
            object.__setattr__(filled, name, value)

    def _append(self) -> None:
        value, filled = self.stack.pop(), self.stack[-1]
        type(filled).append(filled, value)

    def _appends(self) -> None:
        values = self.pop_mark()
        for value in values:
            type(self.stack[-1]).append(self.stack[-1], value)

    def _add_items(self) -> None:
        values = self.pop_mark()
        set.update(self.stack[-1], values)


def _known_only(own: dict[str, Any]) -> dict[int, Any]:
    known: dict[int, Any] = {}
    for name in _OPCODES.split():
        code = getattr(pickle, name)[0]
        known[code] = own.get(name) or pickle._Unpickler.dispatch[code]
    return known


RestrictedUnpickler.dispatch = _known_only(
    {
        "REDUCE": RestrictedUnpickler._call,
        "BUILD": RestrictedUnpickler._build,
        "APPEND": RestrictedUnpickler._append,
        "APPENDS": RestrictedUnpickler._appends,
        "ADDITEMS": RestrictedUnpickler._add_items,
    }
)


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


def _has_a_place(kind: type) -> bool:
    named = (kind.__module__, kind.__qualname__)
    return kind.__module__.startswith(_OWN_PACKAGES) or named in _CLASSES_OF_OTHERS


def _require_data(filled: Any, name: object) -> None:
    found = getattr(type(filled), name, None) if isinstance(name, str) else type
    is_method = callable(found) and not isinstance(found, type)
    if is_method or (isinstance(name, str) and name.startswith("__")):
        raise pickle.UnpicklingError(f"{name} of {type(filled).__name__} is not data")
