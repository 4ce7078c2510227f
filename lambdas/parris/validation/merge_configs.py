"""How the layers of a training config go over each other."""

from collections.abc import Mapping

from parris.payloads import Json


def merge_configs(*layers: Mapping[str, Json]) -> dict[str, Json]:
    """Return the layers merged, later ones over earlier ones, deep for objects.

    A list or a plain value replaces what lies under it whole.
    """
    merged: dict[str, Json] = {}
    for layer in layers:
        for key, value in layer.items():
            below = merged.get(key)
            if isinstance(below, dict) and isinstance(value, Mapping):
                merged[key] = merge_configs(below, value)
            else:
                merged[key] = value
    return merged


def without_comments(config: Mapping[str, Json]) -> dict[str, Json]:
    """Return the config without the keys that begin with `_`, at every level."""
    return {
        key: without_comments(value) if isinstance(value, dict) else value
        for key, value in config.items()
        if not key.startswith("_")
    }
