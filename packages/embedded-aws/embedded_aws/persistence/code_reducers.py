"""Pickles functions, methods and classes by reference to moto's installed code."""

import importlib
import importlib.util
import pickle
import types
from collections.abc import Iterator
from typing import Any

from moto.cloudformation import parsing

from embedded_aws.persistence.reduction import reduce_object
from embedded_aws.persistence.restricted_pickle import find_class, is_called, maker
from embedded_aws.stacks.plain_model import PlainModel


@reduce_object.register
def _reduce_function(function: types.FunctionType) -> Any:
    if is_called(function):
        return NotImplemented
    code = function.__code__
    cells = tuple(cell.cell_contents for cell in function.__closure__ or ())
    place = (function.__module__, code.co_qualname, code.co_firstlineno)
    _find_code(*place)  # raises if it could not be read
    return _make_function, (*place, function.__defaults__, cells)


@maker
def _make_function(
    module: str, name: str, line: int, defaults: tuple[Any, ...] | None, cells: tuple[Any, ...]
) -> types.FunctionType:
    code = _find_code(module, name, line)
    names = vars(importlib.import_module(module))
    closure = tuple(types.CellType(content) for content in cells)
    return types.FunctionType(code, names, None, defaults, closure)


@reduce_object.register
def _reduce_method(method: types.MethodType) -> Any:
    _method(method.__self__, method.__name__)  # raises if it could not be read
    return _method, (method.__self__, method.__name__)


@maker
def _method(owner: Any, name: str) -> types.MethodType:
    """Return a method of one of moto's objects: some store methods among their data."""
    found = getattr(type(owner), name, None)
    is_function = isinstance(found, types.FunctionType) and not name.startswith("__")
    places = (getattr(found, "__module__", ""), type(owner).__module__)
    if not is_function or not all(place.startswith("moto.") for place in places):
        raise pickle.PickleError(
            f"{name} of {type(owner)} is not a method that an account can contain"
        )
    assert isinstance(found, types.FunctionType)
    return types.MethodType(found, owner)


def _find_code(module: str, name: str, line: int) -> types.CodeType:
    """Return the code of a function defined within a function of the installed moto."""
    is_inner = "<locals>" in name or "<lambda>" in name
    spec = importlib.util.find_spec(module) if module.startswith("moto.") and is_inner else None
    whole = spec.loader.get_code(module) if spec and spec.loader else None  # type: ignore[attr-defined]
    for code in _codes_within(whole) if whole else ():
        if (code.co_qualname, code.co_firstlineno) == (name, line):
            return code
    raise pickle.PickleError(f"{module}.{name} is not a function that an account can contain")


def _codes_within(code: types.CodeType) -> Iterator[types.CodeType]:
    for constant in code.co_consts:
        if isinstance(constant, types.CodeType):
            yield constant
            yield from _codes_within(constant)


@reduce_object.register
def _reduce_class(found: type) -> Any:
    if is_called(found):
        return NotImplemented  # pickled by its name
    if issubclass(found, PlainModel):
        return _resource_class, (found.cloudformation_type(),)  # type: ignore[attr-defined]
    find_class(found.__module__, found.__qualname__)  # raises if it could not be read
    return _class, (found.__module__, found.__qualname__)


@maker
def _class(module: str, name: str) -> type:
    return find_class(module, name)


@maker
def _resource_class(resource_type: str) -> Any:
    return parsing.resource_class_from_type(resource_type)
