"""Pickles all that moto holds, and restores it.

moto's backends are ordinary objects, so pickle can write nearly all of them, with the references
between them. The `..._reducers` modules handle what it cannot write. The bytes can be read without
running anybody's code: see `restricted_pickle`.
"""

import io
import pickle
import sys
import threading
import types
from collections.abc import Callable
from typing import Any

from moto.awslambda.models import lambda_backends
from moto.cloudformation.models import cloudformation_backends
from moto.core.base_backend import BackendDict
from moto.stepfunctions.parser.models import stepfunctions_parser_backends

import embedded_aws.persistence.code_reducers
import embedded_aws.persistence.value_reducers  # noqa: F401  both register their types
from embedded_aws.persistence.backend_reducers import backend_dict, place_of
from embedded_aws.persistence.reduction import reduce_object, reduce_plainly
from embedded_aws.persistence.restricted_pickle import OwnUnpickler
from embedded_aws.persistence.restricted_reader import RestrictedUnpickler
from embedded_aws.speed.parsed_definitions import copy_all, keep_stored
from embedded_aws.stacks.life import StackLife, lives_of_all, start_life

# Deep enough for the longest chain of references between objects, on a stack of matching size.
_DEPTH = 100_000
_STACK_BYTES = 512 * 1024 * 1024
# The store of state machines that nothing uses: see gaps/cloudformation_state_machine.py.
_NOT_EXECUTING = ("moto.stepfunctions.models", "StepFunctionBackend")


def dump_account() -> bytes:
    """Return the whole account as bytes.

    Raises:
        pickle.PicklingError: when something cannot be written; the message names it.
    """
    _share_code()
    in_use: list[BackendDict[Any]] = BackendDict._instances  # type: ignore[misc]
    backends = {
        place_of(one): {account: dict(regions) for account, regions in one.items()}
        for one in in_use
        if place_of(one) != _NOT_EXECUTING
    }
    parsed = {definition: _dump(states) for definition, states in copy_all(_definitions()).items()}
    return _dump((backends, _lives(), parsed))


def _dump(found: Any) -> bytes:
    buffer = io.BytesIO()
    _deeply(lambda: _Pickler(buffer, protocol=5).dump(found))
    return buffer.getvalue()


def _share_code() -> None:
    """Give functions with equal code the same bytes: copies would be most of the account."""
    functions: Any = lambda_backends
    codes: dict[bytes, bytes] = {}
    for _, _, backend in functions.iter_backends():
        for function in backend.list_functions():
            function.code_bytes = codes.setdefault(function.code_bytes, function.code_bytes)


def _lives() -> list[tuple[Any, StackLife]]:
    """Return the account's stacks that have a life.

    Those of an earlier embedded AWS of this process may not have been collected yet.
    """
    backends: Any = cloudformation_backends
    own = {
        id(stack)
        for _, _, backend in backends.iter_backends()
        for kept in (backend.stacks, backend.deleted_stacks, backend.change_sets)
        for one in kept.values()
        for stack in (one, getattr(one, "stack", None))
    }
    return [(stack, life) for stack, life in lives_of_all() if id(stack) in own]


def _definitions() -> list[str]:
    machines: Any = stepfunctions_parser_backends
    return [
        machine.definition
        for _, _, backend in machines.iter_backends()
        for machine in backend.state_machines
    ]


def load_account(content: bytes) -> None:
    """Restore what `dump_account` returned into an empty account.

    Raises:
        pickle.UnpicklingError: when the bytes are not an account.
    """
    _fill(*RestrictedUnpickler(content).load())


def load_own_account(content: bytes) -> None:
    """Do the same with bytes that never left this process, faster."""
    _fill(*OwnUnpickler(io.BytesIO(content)).load())


def _fill(backends: Any, lives: Any, parsed: dict[str, bytes]) -> None:
    for (module, name), accounts in backends.items():
        place: Any = backend_dict(module, name)
        for account, regions in accounts.items():
            place[account].update(regions)
    for stack, life in lives:
        start_life(stack, life)
    for definition, content in parsed.items():
        keep_stored(definition, RestrictedUnpickler(content).load)


class _Pickler(pickle.Pickler):
    def reducer_override(self, obj: Any) -> Any:
        reduced = reduce_object(obj)
        if reduced is NotImplemented and not isinstance(obj, types.FunctionType | type):
            return reduce_plainly(obj)
        return reduced


def _deeply(action: Callable[[], Any]) -> Any:
    """Return what `action` returns, run on a sufficiently deep stack of its own."""
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
