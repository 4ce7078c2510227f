"""The config schema of one target.

The schema has one entry in `allOf` for each target: `if` a job is for this target, `then` some keys
are required, some have their own meaning, and the keys of other targets are `false`. This module
resolves these entries, so that violations read like those of one plain schema.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from parris.payloads import Json
from parris.validation.violations import Violation, path_of, shown

_TARGET_KEY = "target"


def schema_of_target(config: Mapping[str, Json], schema: Mapping[str, Any]) -> dict[str, Any]:
    """Return the schema of the config's target, or the shared schema if the target is unknown."""
    then = _rule_of(config, schema)
    keys = {**schema["properties"], **then.get("properties", {})}
    return {
        **{key: value for key, value in schema.items() if key != "allOf"},
        "required": [*schema.get("required", []), *then.get("required", [])],
        "properties": {key: value for key, value in keys.items() if value is not False},
    }


def find_keys_of_others(
    config: Mapping[str, Json], schema: Mapping[str, Any]
) -> Iterator[tuple[str, Violation]]:
    """Yield a violation for each key that belongs to other targets."""
    for key, meaning in _rule_of(config, schema).get("properties", {}).items():
        if meaning is False and key in config:
            expected = f"no such key, because the target is {_target_of(config, schema)}"
            yield key, Violation(path_of([key]), shown(config[key]), expected)


def is_required(key: str, config: Mapping[str, Json], schema: Mapping[str, Any]) -> bool:
    """Return whether the config's target requires a key; true if the target is unknown."""
    rule = _rule_of(config, schema)
    return not rule or key in schema_of_target(config, schema)["required"]


def _rule_of(config: Mapping[str, Json], schema: Mapping[str, Any]) -> Mapping[str, Any]:
    target = _target_of(config, schema)
    for rule in schema.get("allOf", []):
        if rule["if"]["properties"][_TARGET_KEY]["const"] == target:
            then: Mapping[str, Any] = rule["then"]
            return then
    return {}


def _target_of(config: Mapping[str, Json], schema: Mapping[str, Any]) -> Json:
    # The schema of a deployment's config has no target.
    default: Json = schema["properties"].get(_TARGET_KEY, {}).get("default")
    return config.get(_TARGET_KEY, default)
