"""`AWS::NoValue` in a list is removed. moto leaves a null in its place."""

from typing import Any

from moto.cloudformation import parsing

from embedded_aws.patching import wrap


def install() -> None:
    """Patch the resolving of a template's parts."""
    wrap(parsing, "clean_json", _make_clean_json)


def _make_clean_json(original: Any) -> Any:
    def clean_json(resource_json: Any, resources_map: Any) -> Any:
        cleaned = original(resource_json, resources_map)
        if isinstance(resource_json, list):
            return [value for value in cleaned if value is not None]
        return cleaned

    return clean_json
