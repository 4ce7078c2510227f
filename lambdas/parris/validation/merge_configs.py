"""How the levels of a training config are merged, and what lies at the bottom."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from parris.payloads import Json, Payload, part_of
from parris.validation.semantics import OPTION_OF, SCRIPT_KEY, methods_in

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

CONFIG_KEY = "config-key"
HYPERPARAMETERS_KEY = "hyperparameters"
_NAME_KEY, _METHOD_KEY, _OPTIONS_KEY = (
    "training-job-name",
    "termination-method",
    "termination-options",
)


@dataclass(frozen=True, slots=True)
class Levels:
    """The levels of one config, the highest last.

    `demo` is the job that Parris is deployed with, `team` the config at the root of the training
    bucket, `named` the one that `config-key` names, and `given` the
    execution's input. `stands_alone` says that it is a job of somebody's own whatever it leaves
    out: the command was given it.
    """

    demo: Payload
    team: Payload
    named: Payload
    given: Payload
    stands_alone: bool = False

    def own(self) -> Sequence[Payload]:
        """Return what people have written, without the demo."""
        return (self.team, self.named, self.given)


def merge_levels(levels: Levels, schema: Payload) -> dict[str, Json]:
    """Return the config that the levels make, with the documented name where they give none.

    The demo is the base only where no script is named: a config of one's own inherits nothing from
    it. A limit counts only with a method that was chosen together with it or later; one that lies
    lower, under another choice, is left out, since whoever chose did not set it.
    """
    own = list(levels.own())
    if not levels.stands_alone and merge_configs(*own).get(SCRIPT_KEY) is None:
        own.insert(0, _demo_under(own, levels.demo))
    config = _without_nulls(merge_configs(*_without_unchosen_limits(own)))
    config.pop(CONFIG_KEY, None)
    config.setdefault(_NAME_KEY, _default_name(schema))
    return config


def merge_configs(*layers: Mapping[str, Json], keeps_nulls: bool = False) -> dict[str, Json]:
    """Return the layers merged, later ones over earlier ones, deep for objects.

    A list or a plain value replaces what lies under it whole, and null removes it. A null under
    which nothing lies stays. With `keeps_nulls` each one does, so that the merged layers can be
    put over others.
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


def _demo_under(own: Sequence[Payload], demo: Payload) -> Payload:
    """Return the demo without its limits where another method is chosen over it."""
    if _METHOD_KEY not in merge_configs(*own):
        return demo
    return {key: value for key, value in demo.items() if key != _OPTIONS_KEY}


def _without_unchosen_limits(layers: Sequence[Payload]) -> list[Payload]:
    """Return the layers without the limits under the last choice of methods that it leaves out."""
    chosen_at = max(
        (number for number, layer in enumerate(layers) if _METHOD_KEY in layer), default=0
    )
    methods = methods_in(layers[chosen_at])
    unchosen = {option for method, option in OPTION_OF.items() if method not in methods}
    return [
        _without_options(layer, unchosen) if number < chosen_at else layer
        for number, layer in enumerate(layers)
    ]


def _without_options(layer: Payload, options: set[str]) -> Payload:
    found = layer.get(_OPTIONS_KEY)
    if not isinstance(found, dict):
        return layer
    kept: Payload = {key: value for key, value in found.items() if key not in options}
    return {**layer, _OPTIONS_KEY: kept}


def _without_nulls(config: Mapping[str, Json], *, is_whole: bool = True) -> dict[str, Json]:
    """Return the config without nulls. A hyperparameter may be null: the script reads it so."""
    return {
        key: value
        if (is_whole and key == HYPERPARAMETERS_KEY) or not isinstance(value, dict)
        else _without_nulls(value, is_whole=False)
        for key, value in config.items()
        if value is not None
    }


def _default_name(schema: Payload) -> Json:
    return part_of(part_of(schema, "properties"), _NAME_KEY)["default"]
