"""Responses are serialized in a fraction of moto's time.

Not a gap in behaviour. For every member of a response moto tries a dozen names under which its
models may have it, and it writes XML with a SAX generator: a third of the cost of a request.
"""

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
    wrap(serialize, "xmltodict", _make_xmltodict)


def _make_get_value(original: Any) -> Any:
    def get_value_of(self: Any, value: Any, key: str, shape: Any) -> Any:
        picker = self._value_picker
        if type(picker) is not XFormedAttributePicker:
            return original(self, value, key, shape)
        found = _find(picker, value, key, shape)
        return _transformed(found, picker.response_transformers, self.path, key)

    return get_value_of


def _find(picker: XFormedAttributePicker, value: Any, key: str, shape: Any) -> Any:
    # Cached on the shape, so both have the same lifetime. A shape is a member of one structure
    # only.
    known = shape.__dict__.setdefault(_NAMES, {})
    names = known.get((type(value), key))
    if names is None:
        context = AttributePickerContext(obj=value, key=key, shape=shape)
        names = known[type(value), key] = tuple(dict.fromkeys(picker.get_possible_keys(context)))
    if type(value) is dict:  # has no aliases that are paths
        return next((value[name] for name in names if name in value), None)
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


def _make_xmltodict(original: Any) -> Any:
    return SimpleNamespace(**{**vars(original), "unparse": unparse})
