"""Turn all that moto holds into bytes and back.

moto's backends are ordinary objects, so that pickle can write nearly all of them, with every
reference between them kept. What it cannot write is named here, each with what stands for it. What
is written can be read without running anybody's code: see `restricted_pickle`.
"""

import copyreg
import functools
import importlib
import importlib.util
import io
import pickle
import sys
import threading
import types
import weakref
from collections import defaultdict
from collections.abc import Callable, Iterator
from enum import Enum
from typing import Any

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from moto.cloudformation import parsing
from moto.core.base_backend import AccountSpecificBackend, BackendDict
from moto.stepfunctions.parser.asl.eval.environment import Environment
from moto.stepfunctions.parser.asl.eval.event.event_manager import EventManager

from embedded_aws.persistence.restricted_pickle import (
    RestrictedUnpickler,
    find_class,
    is_called,
    maker,
)
from embedded_aws.stacks.life import lives_of_all, start_life
from embedded_aws.stacks.plain_model import PlainModel

_Reduced = tuple[Any, ...]
# Deep enough for the longest chain of objects that refer to each other, on a stack to match.
_DEPTH = 100_000
_STACK_BYTES = 512 * 1024 * 1024
# The store of state machines that nothing uses: see gaps/cloudformation_state_machine.py.
_NOT_EXECUTING = ("moto.stepfunctions.models", "StepFunctionBackend")


def dump_account() -> bytes:
    """Return everything that the account holds.

    Raises:
        pickle.PicklingError: naming what cannot be written.
    """
    in_use: list[BackendDict[Any]] = BackendDict._instances  # type: ignore[misc]
    backends = {
        _place_of(one): {account: dict(regions) for account, regions in one.items()}
        for one in in_use
        if _place_of(one) != _NOT_EXECUTING
    }
    buffer = io.BytesIO()
    _deeply(lambda: _Pickler(buffer, protocol=5).dump((backends, lives_of_all())))
    return buffer.getvalue()


def load_account(content: bytes) -> None:
    """Put back what `dump_account` returned, into an empty account.

    Raises:
        pickle.UnpicklingError: when the bytes are of no account.
    """
    backends, lives = RestrictedUnpickler(io.BytesIO(content)).load()
    for (module, name), accounts in backends.items():
        place: Any = _backend_dict(module, name)
        for account, regions in accounts.items():
            place[account].update(regions)
    for stack, life in lives:
        start_life(stack, life)


class _Pickler(pickle.Pickler):
    def reducer_override(self, obj: Any) -> Any:
        reduced = _reduce(obj)
        if reduced is NotImplemented and not isinstance(obj, types.FunctionType | type):
            return _reduce_plainly(obj)
        return reduced


@functools.singledispatch
def _reduce(obj: Any) -> Any:
    return NotImplemented


def _reduce_plainly(obj: Any) -> Any:
    """Return what pickle says of an object, in calls that are known when it is read."""
    registered = copyreg.dispatch_table.get(type(obj))
    reduced = registered(obj) if registered else obj.__reduce_ex__(pickle.HIGHEST_PROTOCOL)
    made, arguments, *rest = reduced if isinstance(reduced, tuple) else (None, ())
    if made is copyreg.__newobj__:  # type: ignore[attr-defined]
        return _new, arguments, *rest
    if isinstance(made, type) and issubclass(made, BaseException):
        return _new, (made, *arguments), *rest
    if is_called(made):
        return reduced
    if isinstance(made, type) and issubclass(made, dict):
        return _new, (made,), *rest
    raise pickle.PicklingError(f"an account holds {obj!r}, which cannot be kept")


@maker
def _new(kind: type, *arguments: Any) -> Any:
    return kind.__new__(kind, *arguments)


@_reduce.register
def _reduce_member(member: Enum) -> Any:
    return _member, (type(member), member.value)


@maker
def _member(kind: type, value: Any) -> Any:
    if not (isinstance(kind, type) and issubclass(kind, Enum)):
        raise pickle.UnpicklingError(f"{kind!r} is no enumeration")
    return kind(value)


@_reduce.register
def _reduce_function(function: types.FunctionType) -> Any:
    if is_called(function):
        return NotImplemented
    code = function.__code__
    cells = tuple(cell.cell_contents for cell in function.__closure__ or ())
    place = (function.__module__, code.co_qualname, code.co_firstlineno)
    _find_code(*place)  # else it could not be read
    return _make_function, (*place, function.__defaults__, cells)


@maker
def _make_function(
    module: str, name: str, line: int, defaults: tuple[Any, ...] | None, cells: tuple[Any, ...]
) -> types.FunctionType:
    code = _find_code(module, name, line)
    names = vars(importlib.import_module(module))
    closure = tuple(types.CellType(content) for content in cells)
    return types.FunctionType(code, names, None, defaults, closure)


@_reduce.register
def _reduce_method(method: types.MethodType) -> Any:
    _method(method.__self__, method.__name__)  # else it could not be read
    return _method, (method.__self__, method.__name__)


@maker
def _method(owner: Any, name: str) -> types.MethodType:
    """Return a method of one of moto's objects, as some keep them beside their data."""
    found = getattr(type(owner), name, None)
    is_function = isinstance(found, types.FunctionType) and not name.startswith("__")
    places = (getattr(found, "__module__", ""), type(owner).__module__)
    if not is_function or not all(place.startswith("moto.") for place in places):
        raise pickle.PickleError(f"{name} of {type(owner)} is no method that an account can hold")
    assert isinstance(found, types.FunctionType)
    return types.MethodType(found, owner)


def _find_code(module: str, name: str, line: int) -> types.CodeType:
    """Return the code of a function within a function of moto's, as it is installed here."""
    is_inner = "<locals>" in name or "<lambda>" in name
    spec = importlib.util.find_spec(module) if module.startswith("moto.") and is_inner else None
    whole = spec.loader.get_code(module) if spec and spec.loader else None  # type: ignore[attr-defined]
    for code in _codes_within(whole) if whole else ():
        if (code.co_qualname, code.co_firstlineno) == (name, line):
            return code
    raise pickle.PickleError(f"{module}.{name} is no function that an account can hold")


def _codes_within(code: types.CodeType) -> Iterator[types.CodeType]:
    for constant in code.co_consts:
        if isinstance(constant, types.CodeType):
            yield constant
            yield from _codes_within(constant)


@_reduce.register
def _reduce_class(found: type) -> Any:
    if is_called(found):
        return NotImplemented  # by its name
    if issubclass(found, PlainModel):
        return _resource_class, (found.cloudformation_type(),)  # type: ignore[attr-defined]
    find_class(found.__module__, found.__qualname__)  # else it could not be read
    return _class, (found.__module__, found.__qualname__)


@maker
def _class(module: str, name: str) -> type:
    return find_class(module, name)


@maker
def _resource_class(resource_type: str) -> Any:
    return parsing.resource_class_from_type(resource_type)


@_reduce.register(type(threading.Lock()))
@_reduce.register(type(threading.RLock()))
def _reduce_lock(lock: Any) -> _Reduced:
    return _make_lock, (isinstance(lock, type(threading.RLock())),)


@maker
def _make_lock(is_reentrant: bool) -> Any:
    return threading.RLock() if is_reentrant else threading.Lock()


@_reduce.register
def _reduce_condition(condition: threading.Condition) -> _Reduced:
    return _make_condition, ()  # nobody waits for it any more


@maker
def _make_condition() -> threading.Condition:
    return threading.Condition()


@_reduce.register
def _reduce_event(event: threading.Event) -> _Reduced:
    return _make_event, (event.is_set(),)


@maker
def _make_event(is_set: bool) -> threading.Event:
    event = threading.Event()
    if is_set:
        event.set()
    return event


@_reduce.register(weakref.WeakValueDictionary)
def _reduce_weak_values(values: "weakref.WeakValueDictionary[Any, Any]") -> _Reduced:
    return _make_weak_values, (), None, None, iter(list(values.items()))


@maker
def _make_weak_values() -> Any:
    return weakref.WeakValueDictionary()


@_reduce.register(rsa.RSAPrivateKey)
@_reduce.register(ec.EllipticCurvePrivateKey)
def _reduce_key(key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey) -> _Reduced:
    written = key.private_bytes(
        serialization.Encoding.DER,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    return _load_key, (written,)


@maker
def _load_key(written: bytes) -> Any:
    return serialization.load_der_private_key(written, None)


@_reduce.register(defaultdict)
def _reduce_defaultdict(values: "defaultdict[Any, Any]") -> Any:
    if type(values) is defaultdict:
        return NotImplemented  # it is written as it is
    # moto's own kinds take other arguments than defaultdict, which pickle does not expect.
    made = _make_defaultdict, (type(values), values.default_factory)
    return *made, vars(values), None, iter(list(values.items()))


@maker
def _make_defaultdict(kind: Any, default_factory: Any) -> Any:
    if not issubclass(kind, defaultdict):
        raise pickle.UnpicklingError(f"{kind!r} is no defaultdict")
    made = kind.__new__(kind)
    defaultdict.__init__(made, default_factory)
    return made


@_reduce.register
def _reduce_environment(environment: Environment) -> _Reduced:
    # Of an execution's inner life only its history outlives it.
    return _make_environment, (environment.event_manager, environment._program_state)


@maker
def _make_environment(event_manager: EventManager, program_state: Any) -> Environment:
    environment = Environment.__new__(Environment)
    environment.event_manager = event_manager
    environment._program_state = program_state
    environment.callback_pool_manager = _NoTokens()  # type: ignore[assignment]
    return environment


class _NoTokens:
    """Stands for the tokens of an execution that is over: none is known."""

    _pool: dict[str, Any] = {}  # noqa: RUF012

    def get(self, token: str) -> None:
        return None

    def notify(self, callback_id: str, outcome: Any) -> bool:
        return False

    def heartbeat(self, callback_id: str) -> bool:
        return False


@_reduce.register(BackendDict)
def _reduce_backend_dict(found: "BackendDict[Any]") -> _Reduced:
    return _backend_dict, _place_of(found)


@_reduce.register(AccountSpecificBackend)
def _reduce_account(found: "AccountSpecificBackend[Any]") -> _Reduced:
    module, name = found.backend.__module__, found.backend.__qualname__
    return _account, (module, name, found.account_id)


@maker
def _account(module: str, name: str, account_id: str) -> Any:
    return _backend_dict(module, name)[account_id]


def _place_of(found: "BackendDict[Any]") -> tuple[str, str]:
    return found.backend.__module__, found.backend.__qualname__


@maker
def _backend_dict(module: str, name: str) -> "BackendDict[Any]":
    if not module.startswith("moto."):
        raise pickle.UnpicklingError(f"{module} is no module of moto's")
    __import__(module)
    for value in vars(sys.modules[module]).values():
        if isinstance(value, BackendDict) and _place_of(value) == (module, name):
            return value
    raise pickle.UnpicklingError(f"moto has no backends of {module}.{name}")


def _deeply(action: Callable[[], Any]) -> Any:
    """Return what `action` returns, run on a stack of its own that is deep enough."""
    outcome: list[Any] = []

    def run() -> None:
        try:
            outcome.append((action(), None))
        except BaseException as error:
            outcome.append((None, error))

    limit, size = sys.getrecursionlimit(), threading.stack_size(_STACK_BYTES)
    sys.setrecursionlimit(_DEPTH)
    try:
        thread = threading.Thread(target=run)
        thread.start()
        thread.join()
    finally:
        sys.setrecursionlimit(limit)
        threading.stack_size(size)
    value, error = outcome[0]
    if error is not None:
        raise error
    return value
