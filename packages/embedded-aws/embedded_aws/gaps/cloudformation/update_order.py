"""An update deletes last what the new template no longer has.

AWS creates and changes everything first and cleans up afterwards, so that a function has its new
layer before the old one is deleted; a failed cleanup does not fail the update. moto deletes first.
"""

import contextlib
from typing import Any

from moto.cloudformation.parsing import ResourceMap

from embedded_aws.patching import wrap


def install() -> None:
    """Patch the update of a stack's resources."""
    wrap(ResourceMap, "update", _make_update)


def _make_update(original: Any) -> Any:
    def update(
        self: Any, template: dict[str, Any], parameters: dict[str, Any] | None = None
    ) -> None:
        old = self._resource_json_map
        removed = {name: old[name] for name in old if name not in template["Resources"]}
        self._resource_json_map = {name: old[name] for name in old if name not in removed}
        try:
            original(self, template, parameters)
        except Exception:
            self._resource_json_map = {**removed, **self._resource_json_map}
            raise
        for name, resource_json in reversed(removed.items()):
            resource = self._parsed_resources.get(name)
            if resource is not None:
                with contextlib.suppress(Exception):
                    self._delete_resource(resource, resource_json)

    return update
