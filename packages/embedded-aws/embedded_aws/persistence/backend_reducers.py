"""Pickles references to moto's backends, and what remains of an ended execution's environment."""

import pickle
import sys
from typing import Any

from moto.core.base_backend import AccountSpecificBackend, BackendDict
from moto.stepfunctions.parser.asl.eval.environment import Environment
from moto.stepfunctions.parser.asl.eval.event.event_manager import EventManager

from embedded_aws.persistence.reduction import Reduced, reduce_object
from embedded_aws.persistence.restricted_pickle import maker


@reduce_object.register
def _reduce_environment(environment: Environment) -> Reduced:
    # Only the history of an execution's environment is needed after its end.
    return _make_environment, (environment.event_manager, environment._program_state)


@maker
def _make_environment(event_manager: EventManager, program_state: Any) -> Environment:
    environment = Environment.__new__(Environment)
    environment.event_manager = event_manager
    environment._program_state = program_state
    environment.callback_pool_manager = _NoTokens()  # type: ignore[assignment]
    return environment


class _NoTokens:
    """The tokens of an ended execution: none is known."""

    _pool: dict[str, Any] = {}  # noqa: RUF012

    def get(self, token: str) -> None:
        return None

    def notify(self, callback_id: str, outcome: Any) -> bool:
        return False

    def heartbeat(self, callback_id: str) -> bool:
        return False


@reduce_object.register(BackendDict)
def _reduce_backend_dict(found: "BackendDict[Any]") -> Reduced:
    return backend_dict, place_of(found)


@reduce_object.register(AccountSpecificBackend)
def _reduce_account(found: "AccountSpecificBackend[Any]") -> Reduced:
    module, name = found.backend.__module__, found.backend.__qualname__
    return _account, (module, name, found.account_id)


@maker
def _account(module: str, name: str, account_id: str) -> Any:
    return backend_dict(module, name)[account_id]


def place_of(found: "BackendDict[Any]") -> tuple[str, str]:
    """Return module and name of the backends' class."""
    return found.backend.__module__, found.backend.__qualname__


@maker
def backend_dict(module: str, name: str) -> "BackendDict[Any]":
    """Return moto's backends of a class."""
    if not module.startswith("moto."):
        raise pickle.UnpicklingError(f"{module} is not a module of moto")
    __import__(module)
    for value in vars(sys.modules[module]).values():
        if isinstance(value, BackendDict) and place_of(value) == (module, name):
            return value
    raise pickle.UnpicklingError(f"moto has no backends of {module}.{name}")
