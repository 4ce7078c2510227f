"""botocore calculates once what each of its sessions and clients calculates again.

A session registers 120 handlers, whose signatures it inspects. Each client copies them, and
translates the name of each event that it emits, some twenty for each call. That took a quarter of a
function's first call. Each client has a class of its own, with a method for each of its service's
operations, and reads the rules of its endpoints again. Each request checks its user agent twice,
character by character. It imports nothing but botocore, because functions are forked with it, too.
"""

import functools
import types
from collections.abc import Callable
from typing import Any
from weakref import WeakKeyDictionary

from botocore import client, hooks, regions, useragent

_MOST_NAMES = 10_000
_Aliaser: Any = hooks.EventAliaser  # whose translation has no type
_original_alias = _Aliaser._alias_event_name
_original_sanitize: Any = useragent.sanitize_user_agent_string_component
_original_accepts: Any = vars(hooks)["accepts_kwargs"]
_accepted: "WeakKeyDictionary[Any, Any]" = WeakKeyDictionary()
_Creator: Any = client.ClientCreator
_original_create_class = _Creator._create_client_class
_original_provider: Any = vars(regions)["EndpointProvider"]
_MOST_MADE = 256
# By what they are made from: its identity, which nothing else has while it is kept here.
_classes: dict[tuple[Any, ...], tuple[Any, ...]] = {}
_providers: dict[tuple[Any, ...], tuple[Any, ...]] = {}


@functools.lru_cache(maxsize=_MOST_NAMES)
def _usual_alias(event_name: str) -> str:
    alias: str = _original_alias(_Aliaser(None), event_name)
    return alias


def _alias_event_name(self: Any, event_name: str) -> str:
    """Return what botocore would, from one cache for all clients that have its own aliases."""
    is_usual = vars(self).get("_has_usual_aliases")
    if is_usual is None:
        is_usual = self._has_usual_aliases = self._event_aliases == hooks.EVENT_ALIASES
    alias: str = _usual_alias(event_name) if is_usual else _original_alias(self, event_name)
    return alias


def _accepts_kwargs(handler: Callable[..., Any]) -> Any:
    function = getattr(handler, "__func__", handler)
    if not isinstance(function, types.FunctionType):
        return _original_accepts(handler)
    if function not in _accepted:
        _accepted[function] = _original_accepts(handler)
    return _accepted[function]


def _copy_handlers(self: Any, node: dict[str, Any]) -> dict[str, Any]:
    """Return what botocore would, without asking each list how it is copied."""
    copied: dict[str, Any] = {}
    for key, value in node.items():
        if isinstance(value, hooks.NodeList):
            copied[key] = hooks.NodeList(value.first[:], value.middle[:], value.last[:])
        else:
            copied[key] = _copy_handlers(self, value) if isinstance(value, dict) else value
    return copied


def _create_client_class(self: Any, service_name: str, service_model: Any) -> Any:
    """Return the class of earlier clients with the same model and handlers."""
    model, event = service_model._service_description, "creating-client-class."
    event += service_model.service_id.hyphenize()
    handlers = _handlers_of(self._event_emitter, event)
    if handlers is None:
        return _original_create_class(self, service_name, service_model)
    return _kept(
        _classes,
        (service_name, model, *handlers),
        lambda: _original_create_class(self, service_name, service_model),
    )


def _handlers_of(emitter: Any, event: str) -> Any:
    """Return the handlers of an event; None for an emitter that is not a session's."""
    within: Any = vars(emitter).get("_emitter")
    if type(emitter) is not _Aliaser or type(within) is not hooks.HierarchicalEmitter:
        return None
    return vars(within)["_handlers"].prefix_search(emitter._alias_event_name(event))


def _endpoint_provider(ruleset_data: Any, partition_data: Any, excluded_params: Any = None) -> Any:
    """Return the endpoints of earlier clients of the same service."""
    return _kept(
        _providers,
        (ruleset_data, partition_data, excluded_params),
        lambda: _original_provider(ruleset_data, partition_data, excluded_params),
    )


def _kept(made: dict[tuple[Any, ...], tuple[Any, ...]], parts: Any, make: Callable[[], Any]) -> Any:
    key = tuple(map(id, parts))
    if key not in made:
        if len(made) >= _MOST_MADE:
            made.clear()
        made[key] = (make(), parts)
    return made[key][0]


def install() -> None:
    """Patch botocore in this process."""
    vars(hooks)["_PrefixTrie"]._recursive_copy = _copy_handlers
    _Creator._create_client_class = _create_client_class
    vars(regions)["EndpointProvider"] = _endpoint_provider
    _Aliaser._alias_event_name = _alias_event_name
    vars(hooks)["accepts_kwargs"] = _accepts_kwargs
    vars(useragent)["sanitize_user_agent_string_component"] = functools.lru_cache(_MOST_NAMES)(
        _original_sanitize
    )
