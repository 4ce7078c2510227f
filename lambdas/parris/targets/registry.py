"""Which target a job's config names, and all that there are.

A target is a package beside this file, named as configs name it with `_` for `-`: `ec2-stack` is
`ec2_stack`. Its module `target` has the class as `TARGET`. There is no list of targets.
"""

from __future__ import annotations

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
    """Return the name of every target, as configs have it."""
    found = iter_modules(targets.__path__)
    return tuple(sorted(one.name.replace("_", "-") for one in found if one.ispkg))


def choose_target(name: str, aws: Gateways, settings: Settings) -> Target:
    """Return the target of that name.

    Raises:
        KeyError: for a name that is in no config schema.
    """
    if name not in target_names():
        raise KeyError(name)
    module = import_module(f"{targets.__name__}.{name.replace('-', '_')}.target")
    make = cast("Callable[[Gateways, Settings], Target]", module.TARGET)
    return make(aws, settings)


def all_targets(aws: Gateways, settings: Settings) -> tuple[Target, ...]:
    """Return every target, for who looks for what is left of whatever job."""
    return tuple(choose_target(name, aws, settings) for name in target_names())
