"""How an object is pickled: `reduce_object` has an entry for each type that pickle cannot write.

An entry returns a function of `restricted_pickle.MAKERS` and its arguments, as `__reduce__` does.
"""

import copyreg
import functools
import pickle
from typing import Any

from embedded_aws.persistence.restricted_pickle import is_called, maker

Reduced = tuple[Any, ...]


@functools.singledispatch
def reduce_object(obj: Any) -> Any:
    """Return how to write an object, NotImplemented for pickle's own way."""
    return NotImplemented


def reduce_plainly(obj: Any) -> Any:
    """Return pickle's own reduction, restricted to calls that the reader allows."""
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
    raise pickle.PicklingError(f"an account holds {obj!r}, which cannot be stored")


@maker
def _new(kind: type, *arguments: Any) -> Any:
    return kind.__new__(kind, *arguments)
