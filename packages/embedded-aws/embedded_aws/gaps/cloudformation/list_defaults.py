"""The default of a list parameter is a list.

moto splits only values that are given.
"""

from typing import Any

from moto.cloudformation.parsing import ResourceMap

from embedded_aws.patching import wrap


def install() -> None:
    """Patch how a stack's parameters are read."""
    wrap(ResourceMap, "load_parameters", _make_load)


def _make_load(original: Any) -> Any:
    def load_parameters(self: Any) -> None:
        original(self)
        for name, definition in self._template.get("Parameters", {}).items():
            value, kind = self.resolved_parameters.get(name), str(definition.get("Type"))
            is_list = kind == "CommaDelimitedList" or kind.startswith("List<")
            # An empty default stays a text, whose items are none, as those of an empty list.
            if is_list and isinstance(value, str) and value:
                items = [one.strip() for one in value.split(",")]
                self.resolved_parameters[name] = self._parsed_resources[name] = items

    return load_parameters
