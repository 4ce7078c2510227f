"""An update compares every resource that stays, and a change set may be empty.

AWS compares resolved properties. moto compares the text of the template and checks for parameters
that a resource names itself, so it misses a change behind a condition or in another resource; and
it refuses a change set without changes instead of creating a failed one.
"""

from typing import Any

from moto.cloudformation.parsing import ResourceMap
from moto.cloudformation.responses import CloudFormationResponse

from embedded_aws.patching import wrap


def install() -> None:
    """Patch the choice of what an update compares, and the request's check."""
    wrap(ResourceMap, "build_resource_diff", _make_build_resource_diff)
    wrap(CloudFormationResponse, "_validate_different_update", _make_validate)


def _make_build_resource_diff(original: Any) -> Any:
    def build_resource_diff(self: Any, other_template: dict[str, Any], *parameters: Any) -> Any:
        diff = original(self, other_template, *parameters)
        if parameters:  # an update, not the list of a change set; equal resources stay unchanged
            new = other_template["Resources"]
            diff["Modify"] = [name for name in new if name in self._resource_json_map]
        return diff

    return build_resource_diff


def _make_validate(original: Any) -> Any:
    def validate_different_update(self: Any, *args: Any) -> None:
        if self._get_action() != "CreateChangeSet":
            original(self, *args)

    return validate_different_update
