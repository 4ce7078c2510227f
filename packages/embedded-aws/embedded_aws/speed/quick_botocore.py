"""botocore calculates once what each of its sessions and clients calculates again.

A session registers 120 handlers, whose signatures it inspects, and each client translates the name
of each event that it emits, some twenty for each call. That took a quarter of a function's first
call. Each request checks its user agent twice, character by character. It imports nothing but
botocore, because functions are forked with it, too.
"""

import functools
import types
from collections.abc import Callable
from typing import Any
from weakref import WeakKeyDictionary

from botocore import hooks, useragent

_MOST_NAMES = 10_000
_Aliaser: Any = hooks.EventAliaser  # whose translation has no type
_original_alias = _Aliaser._alias_event_name
_original_sanitize: Any = useragent.sanitize_user_agent_string_component
_original_accepts: Any = vars(hooks)["accepts_kwargs"]
_accepted: "WeakKeyDictionary[Any, Any]" = WeakKeyDictionary()


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


def install() -> None:
    """Patch botocore in this process."""
    _Aliaser._alias_event_name = _alias_event_name
    vars(hooks)["accepts_kwargs"] = _accepts_kwargs
    vars(useragent)["sanitize_user_agent_string_component"] = functools.lru_cache(_MOST_NAMES)(
        _original_sanitize
    )
