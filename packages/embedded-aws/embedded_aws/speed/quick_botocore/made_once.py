"""What is the same in all clients of a service is made once: class, model and endpoints.

Each client otherwise has a class of its own, with a method for each of its service's operations,
looks up each shape of its model again, and reads the rules of its endpoints again. Each request
checks its user agent twice, character by character.
"""

import functools
import sys
from collections.abc import Callable
from typing import Any

from botocore import client, hooks, model, regions, useragent

_MOST_NAMES = 10_000
_MOST_MADE = 256
_Aliaser: Any = hooks.EventAliaser
_Creator: Any = client.ClientCreator
_original_create_class = _Creator._create_client_class
_original_provider: Any = vars(regions)["EndpointProvider"]
_original_sanitize: Any = useragent.sanitize_user_agent_string_component
_Made = dict[tuple[Any, ...], tuple[Any, ...]]
# By what they are made from: its identity, which nothing else has while it is kept here.
_classes: _Made = {}
_models: _Made = {}
_providers: _Made = {}


def _create_client_class(self: Any, service_name: str, service_model: Any) -> Any:
    """Return the class of earlier clients with the same model and handlers."""
    described, event = service_model._service_description, "creating-client-class."
    event += service_model.service_id.hyphenize()
    handlers = _handlers_of(self._event_emitter, event)
    if handlers is None:
        return _original_create_class(self, service_name, service_model)
    return _kept(
        _classes,
        (sys.intern(service_name), described, *handlers),
        lambda: _original_create_class(self, service_name, service_model),
    )


def _handlers_of(emitter: Any, event: str) -> Any:
    """Return the handlers of an event; None for an emitter that is not a session's."""
    within: Any = vars(emitter).get("_emitter")
    if type(emitter) is not _Aliaser or type(within) is not hooks.HierarchicalEmitter:
        return None
    return vars(within)["_handlers"].prefix_search(emitter._alias_event_name(event))


def _service_model(description: Any, service_name: str) -> Any:
    """Return the model of earlier clients, with the shapes that they have looked up."""
    return _kept(
        _models,
        (description, sys.intern(service_name)),
        lambda: model.ServiceModel(description, service_name),
    )


def _endpoint_provider(ruleset_data: Any, partition_data: Any, excluded_params: Any = None) -> Any:
    """Return the endpoints of earlier clients of the same service."""
    return _kept(
        _providers,
        (ruleset_data, partition_data, excluded_params),
        lambda: _original_provider(ruleset_data, partition_data, excluded_params),
    )


def _kept(made: _Made, parts: Any, make: Callable[[], Any]) -> Any:
    key = tuple(map(id, parts))
    found = made.get(key)
    if found is None:
        if len(made) >= _MOST_MADE:
            made.clear()
        found = made[key] = (make(), parts)
    return found[0]


def install() -> None:
    """Patch what makes clients, and what checks user agents."""
    _Creator._create_client_class = _create_client_class
    vars(client)["ServiceModel"] = _service_model
    vars(regions)["EndpointProvider"] = _endpoint_provider
    vars(useragent)["sanitize_user_agent_string_component"] = functools.lru_cache(_MOST_NAMES)(
        _original_sanitize
    )
