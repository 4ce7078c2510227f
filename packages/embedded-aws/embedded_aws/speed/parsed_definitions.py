"""Keeps the states of definitions that were parsed, as bytes: executions share no state.

Reading a definition takes a quarter of a second, reading these bytes two milliseconds. They are
part of a stored account, because the next process would otherwise parse the same definitions. Those
of a stored account are read when an execution needs them.
"""

import pickle
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import Any

_MOST_KEPT = 64
# Of the definitions whose states cannot be written.
_UNWRITABLE = (pickle.PickleError, TypeError, AttributeError, RecursionError)

_kept: OrderedDict[str, bytes] = OrderedDict()
_stored: dict[str, Callable[[], Any]] = {}
_changing = threading.RLock()


def keep_states(definition: str, states: Any) -> None:
    """Keep a definition's states, as they are before any execution."""
    try:
        content = pickle.dumps(states, pickle.HIGHEST_PROTOCOL)
    except _UNWRITABLE:
        return
    with _changing:
        _kept[definition] = content
        while len(_kept) > _MOST_KEPT:
            _kept.popitem(last=False)


def keep_stored(definition: str, read: Callable[[], Any]) -> None:
    """Keep a definition's states of a stored account.

    Args:
        definition: the definition.
        read: reads its states when they are first needed; `pickle.UnpicklingError` means that there
            are none.
    """
    with _changing:
        if definition not in _kept:
            _stored[definition] = read
        while len(_stored) > _MOST_KEPT:
            del _stored[next(iter(_stored))]


def copy_states(definition: str) -> Any:
    """Return the states of a definition, new ones each time; None if they are not kept."""
    with _changing:
        read = _stored.pop(definition, None)
        if read is not None:
            with suppress(pickle.UnpicklingError):
                keep_states(definition, read())
        content = _kept.get(definition)
        if content is not None:
            _kept.move_to_end(definition)
    return None if content is None else pickle.loads(content)  # written by this process


def copy_all(definitions: Iterable[str]) -> dict[str, Any]:
    """Return the states of those definitions that are kept."""
    found = {definition: copy_states(definition) for definition in set(definitions)}
    return {definition: states for definition, states in found.items() if states is not None}
