"""Merges the levels of a training config."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from parris.payloads import Json, Payload, part_of
from parris.validation.schema_of_target import is_required
from parris.validation.semantics import (
    METHOD_KEY,
    NAME_KEY,
    OPTION_OF,
    OPTIONS_KEY,
    SCRIPT_KEY,
    methods_in,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

CONFIG_KEY = "config-key"
HYPERPARAMETERS_KEY = "hyperparameters"


@dataclass(frozen=True, slots=True)
class Levels:
    """The levels of one config, the highest last.

    `demo` is the deployed default job, `team` the config at the root of the training bucket,
    `named` the config that `config-key` names, and `given` the execution's input. `stands_alone`
    means that the config is complete, whatever it omits: it was passed to the command.
    """

    demo: Payload
    team: Payload
    named: Payload
    given: Payload
    stands_alone: bool = False

    def own(self) -> Sequence[Payload]:
        """Return the levels that users write, without the demo."""
        return (self.team, self.named, self.given)


def merge_levels(levels: Levels, schema: Payload) -> dict[str, Json]:
    """Return the config that the levels make, with the documented default name.

    The demo is the base only if no script is named, and the target cannot do without one: other
    configs inherit nothing from it.
    A limit applies only with a method that is chosen on the same level or a higher one. A limit
    on a lower level than the choice is dropped, because its author did not choose that method.
    """
    own = list(levels.own())
    if not levels.stands_alone and _lacks_script(merge_configs(*own), schema):
        own.insert(0, _demo_under(own, levels.demo))
    config = _without_nulls(merge_configs(*_without_unchosen_limits(own)))
    config.pop(CONFIG_KEY, None)
    config.setdefault(NAME_KEY, _default_name(schema))
    return config


def merge_configs(*layers: Mapping[str, Json], keeps_nulls: bool = False) -> dict[str, Json]:
    """Return the layers merged, later ones over earlier ones, deep for objects.

    A list or a plain value replaces the lower value, and null removes it. A null without a lower
    value stays. With `keeps_nulls` every null stays, so that the result can be merged over other
    layers.
    """
    merged: dict[str, Json] = {}
    for layer in layers:
        for key, value in layer.items():
            below = merged.get(key)
            if isinstance(below, dict) and isinstance(value, dict):
                merged[key] = merge_configs(below, value, keeps_nulls=keeps_nulls)
            elif value is None and below is not None and not keeps_nulls:
                del merged[key]
            else:
                merged[key] = value
    return merged


def without_comments(config: Mapping[str, Json]) -> dict[str, Json]:
    """Return the config without keys that begin with `_`, at every level."""
    return {
        key: without_comments(value) if isinstance(value, dict) else value
        for key, value in config.items()
        if not key.startswith("_")
    }


def _lacks_script(config: Payload, schema: Payload) -> bool:
    return config.get(SCRIPT_KEY) is None and is_required(SCRIPT_KEY, config, schema)


def _demo_under(own: Sequence[Payload], demo: Payload) -> Payload:
    """Return the demo, without its limits if a higher level chooses a method."""
    if METHOD_KEY not in merge_configs(*own):
        return demo
    return {key: value for key, value in demo.items() if key != OPTIONS_KEY}


def _without_unchosen_limits(layers: Sequence[Payload]) -> list[Payload]:
    """Return the layers without limits below the last choice of methods that it does not use."""
    chosen_at = max(
        (number for number, layer in enumerate(layers) if METHOD_KEY in layer), default=0
    )
    methods = methods_in(layers[chosen_at])
    unchosen = {option for method, option in OPTION_OF.items() if method not in methods}
    return [
        _without_options(layer, unchosen) if number < chosen_at else layer
        for number, layer in enumerate(layers)
    ]


def _without_options(layer: Payload, options: set[str]) -> Payload:
    found = layer.get(OPTIONS_KEY)
    if not isinstance(found, dict):
        return layer
    kept: Payload = {key: value for key, value in found.items() if key not in options}
    return {**layer, OPTIONS_KEY: kept}


def _without_nulls(config: Mapping[str, Json], *, is_whole: bool = True) -> dict[str, Json]:
    """Return the config without nulls, except in hyperparameters, where null is a value."""
    return {
        key: value
        if (is_whole and key == HYPERPARAMETERS_KEY) or not isinstance(value, dict)
        else _without_nulls(value, is_whole=False)
        for key, value in config.items()
        if value is not None
    }


def _default_name(schema: Payload) -> Json:
    return part_of(part_of(schema, "properties"), NAME_KEY)["default"]
