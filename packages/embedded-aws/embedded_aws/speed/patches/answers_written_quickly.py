"""Responses are serialized in a fraction of moto's time.

Not a gap in behaviour. For every member of a response moto tries a dozen names under which its
models may have it, and compares its path with those of all transformers. Most members are absent.
It also writes XML with a SAX generator. All that is a third of the cost of a request.
"""

import functools
from types import SimpleNamespace
from typing import Any

from moto.core import serialize
from moto.core.constants import MISSING
from moto.core.serialize import AttributePickerContext, ResponseSerializer, XFormedAttributePicker
from moto.core.utils import get_value

from embedded_aws.patching import wrap
from embedded_aws.speed.xml_text import unparse

_NAMES = "_names_by_type_and_key"


def install() -> None:
    """Patch where a serializer reads its models, and the XML writer of the serializers."""
    wrap(ResponseSerializer, "get_value", _make_get_value)
    wrap(ResponseSerializer, "_serialize_type_structure", _make_structure)
    wrap(serialize, "xmltodict", _make_xmltodict)


def _make_get_value(original: Any) -> Any:
    def get_value_of(self: Any, value: Any, key: str, shape: Any) -> Any:
        picker = self._value_picker
        if type(picker) is not XFormedAttributePicker:
            return original(self, value, key, shape)
        found = _find(picker, value, key, shape)
        return _transformed(found, picker.response_transformers, self.path, key)

    return get_value_of


def _make_structure(original: Any) -> Any:
    of_member = vars(ResponseSerializer)["_serialize_structure_member"]

    def serialize_structure(self: Any, serialized: Any, value: Any, shape: Any, key: str) -> None:
        picker = self._value_picker
        is_usual = type(self)._serialize_structure_member is of_member
        if value is None or not is_usual or type(picker) is not XFormedAttributePicker:
            original(self, serialized, value, shape, key)
            return
        wrapper = self.MAP_TYPE() if key else serialized
        transformers = picker.response_transformers or {}
        transformed = _last_parts(tuple(transformers))
        for name, member in shape.members.items():
            member.parent = shape
            found = _find(picker, value, name, member)
            if name.endswith(transformed):
                found = _transformed(found, transformers, self.path, name)
            if found is not None:
                self._serialize(wrapper, found, member, name)
        if key:
            self._default_serialize(serialized, wrapper, shape, key)

    return serialize_structure


def _find(picker: XFormedAttributePicker, value: Any, key: str, shape: Any) -> Any:
    # Cached on the shape, so both have the same lifetime. A shape is a member of one structure
    # only.
    known = shape.__dict__.setdefault(_NAMES, {})
    names = known.get((type(value), key))
    if names is None:
        context = AttributePickerContext(obj=value, key=key, shape=shape)
        names = known[type(value), key] = tuple(dict.fromkeys(picker.get_possible_keys(context)))
    if type(value) is dict:  # has no aliases that are paths
        for name in names:
            if name in value:
                return value[name]
        return None
    for name in names:
        found = get_value(value, name, MISSING)
        if found is not MISSING:
            return found
    return None


def _transformed(found: Any, transformers: dict[str, Any], path: list[str], key: str) -> Any:
    if not transformers:
        return found
    key_path = ".".join((*path, key))
    for ending, transform in transformers.items():
        if key_path.endswith(ending):
            return transform(found)
    return found


@functools.lru_cache(maxsize=256)
def _last_parts(endings: tuple[str, ...]) -> tuple[str, ...]:
    """Return what the key of a member ends with that one of these paths is for."""
    return tuple({ending.rpartition(".")[2] for ending in endings})


def _make_xmltodict(original: Any) -> Any:
    return SimpleNamespace(**{**vars(original), "unparse": unparse})
