"""Turn all that moto holds into bytes and back.

moto's backends are ordinary objects, so that pickle can write nearly all of them, with every
reference between them kept. What it cannot write is named here, each with what stands for it.
"""

import functools
import io
import marshal
import pickle
import sys
import threading
import types
import weakref
from collections import defaultdict
from collections.abc import Callable
from typing import Any

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from moto.cloudformation import parsing
from moto.core.base_backend import AccountSpecificBackend, BackendDict
from moto.stepfunctions.parser.asl.eval.environment import Environment
from moto.stepfunctions.parser.asl.eval.event.event_manager import EventManager

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
    """Put back what `dump_account` returned, into an empty account."""
    backends, lives = _deeply(lambda: pickle.loads(content))
    for (module, name), accounts in backends.items():
        place: Any = _backend_dict(module, name)
        for account, regions in accounts.items():
            place[account].update(regions)
    for stack, life in lives:
        start_life(stack, life)


class _Pickler(pickle.Pickler):
    def reducer_override(self, obj: Any) -> Any:
        return _reduce(obj)


@functools.singledispatch
def _reduce(obj: Any) -> Any:
    return NotImplemented  # pickle knows it


@_reduce.register
def _reduce_function(function: types.FunctionType) -> Any:
    if "<locals>" not in function.__qualname__ and "<lambda>" not in function.__qualname__:
        return NotImplemented
    cells = tuple(cell.cell_contents for cell in function.__closure__ or ())
    code = marshal.dumps(function.__code__)
    return _make_function, (function.__module__, code, function.__defaults__, cells)


def _make_function(
    module: str, code: bytes, defaults: tuple[Any, ...] | None, cells: tuple[Any, ...]
) -> types.FunctionType:
    __import__(module)
    closure = tuple(types.CellType(content) for content in cells)
    names = vars(sys.modules[module])
    return types.FunctionType(marshal.loads(code), names, None, defaults, closure)


@_reduce.register
def _reduce_class(found: type) -> Any:
    if issubclass(found, PlainModel):
        return parsing.resource_class_from_type, (found.cloudformation_type(),)  # type: ignore[attr-defined]
    return NotImplemented


@_reduce.register(type(threading.Lock()))
@_reduce.register(type(threading.RLock()))
def _reduce_lock(lock: Any) -> _Reduced:
    return (threading.RLock if isinstance(lock, type(threading.RLock())) else threading.Lock), ()


@_reduce.register
def _reduce_event(event: threading.Event) -> _Reduced:
    return _make_event, (event.is_set(),)


def _make_event(is_set: bool) -> threading.Event:
    event = threading.Event()
    if is_set:
        event.set()
    return event


@_reduce.register(weakref.WeakValueDictionary)
def _reduce_weak_values(values: "weakref.WeakValueDictionary[Any, Any]") -> _Reduced:
    return weakref.WeakValueDictionary, (), None, None, iter(list(values.items()))


@_reduce.register(rsa.RSAPrivateKey)
@_reduce.register(ec.EllipticCurvePrivateKey)
def _reduce_key(key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey) -> _Reduced:
    written = key.private_bytes(
        serialization.Encoding.DER,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    return _load_key, (written,)


def _load_key(written: bytes) -> Any:
    return serialization.load_der_private_key(written, None)


@_reduce.register(defaultdict)
def _reduce_defaultdict(values: "defaultdict[Any, Any]") -> Any:
    if type(values) is defaultdict:
        return NotImplemented
    # moto's own kinds take other arguments than defaultdict, which pickle does not expect.
    made = _make_defaultdict, (type(values), values.default_factory)
    return *made, vars(values), None, iter(list(values.items()))


def _make_defaultdict(kind: Any, default_factory: Any) -> Any:
    made = kind.__new__(kind)
    defaultdict.__init__(made, default_factory)
    return made


@_reduce.register
def _reduce_environment(environment: Environment) -> _Reduced:
    # Of an execution's inner life only its history outlives it.
    return _make_environment, (environment.event_manager, environment._program_state)


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


def _account(module: str, name: str, account_id: str) -> Any:
    return _backend_dict(module, name)[account_id]


def _place_of(found: "BackendDict[Any]") -> tuple[str, str]:
    return found.backend.__module__, found.backend.__qualname__


def _backend_dict(module: str, name: str) -> "BackendDict[Any]":
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
