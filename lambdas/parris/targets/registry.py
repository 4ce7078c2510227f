"""Finds targets by name.

A target is a package in this folder. Its name is the config value with `_` for `-`: `ec2-stack` is
`ec2_stack`. Its module `target` provides the class as `TARGET`. There is no list of targets.
"""

from __future__ import annotations

from functools import cache
from importlib import import_module
from pkgutil import iter_modules
from typing import TYPE_CHECKING, cast

from parris import targets

if TYPE_CHECKING:
    from collections.abc import Callable

    from parris.aws.gateways import Gateways
    from parris.settings import Settings
    from parris.targets.target import Target


def target_names() -> tuple[str, ...]:
    """Return the names of all targets, spelled as in configs."""
    return _names_in(tuple(targets.__path__))


def choose_target(name: str, aws: Gateways, settings: Settings) -> Target:
    """Return the target with that name.

    Raises:
        KeyError: if there is no such target.
    """
    if name not in target_names():
        raise KeyError(name)
    module = import_module(f"{targets.__name__}.{name.replace('-', '_')}.target")
    make = cast("Callable[[Gateways, Settings], Target]", module.TARGET)
    return make(aws, settings)


def all_targets(aws: Gateways, settings: Settings) -> tuple[Target, ...]:
    """Return all targets, for searches across all jobs."""
    return tuple(choose_target(name, aws, settings) for name in target_names())


@cache  # reads the folder of each target
def _names_in(folders: tuple[str, ...]) -> tuple[str, ...]:
    found = iter_modules(folders)
    return tuple(sorted(one.name.replace("_", "-") for one in found if one.ispkg))
