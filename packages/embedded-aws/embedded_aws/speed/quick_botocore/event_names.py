"""The present names of events are looked up, once for all clients.

botocore tries each of 65 former names of services for each new name of an event, in each client.
"""

import functools
from typing import Any

from botocore import hooks

_MOST_NAMES = 10_000
_Aliaser: Any = hooks.EventAliaser  # whose translation has no type
_original_alias = _Aliaser._alias_event_name
_ALIASES: Any = hooks.EVENT_ALIASES
# The first of these that an event's name contains decides.
_PLACES = {old: place for place, old in enumerate(_ALIASES)}
_OF_SEVERAL_PARTS = tuple(old for old in _ALIASES if "." in old)


@functools.lru_cache(maxsize=_MOST_NAMES)
def _usual_alias(event_name: str) -> str:
    found = [part for part in event_name.split(".") if part in _PLACES]
    found += [old for old in _OF_SEVERAL_PARTS if old in event_name]
    if not found:
        return event_name
    former = min(found, key=_PLACES.__getitem__)
    alias: str = _original_alias(_Aliaser(None, {former: _ALIASES[former]}), event_name)
    return alias


def _alias_event_name(self: Any, event_name: str) -> str:
    """Return what botocore would, from one cache for all clients that have its own aliases."""
    is_usual = vars(self).get("_has_usual_aliases")
    if is_usual is None:
        is_usual = self._has_usual_aliases = self._event_aliases == _ALIASES
    alias: str = _usual_alias(event_name) if is_usual else _original_alias(self, event_name)
    return alias


def install() -> None:
    """Patch the translation."""
    _Aliaser._alias_event_name = _alias_event_name
