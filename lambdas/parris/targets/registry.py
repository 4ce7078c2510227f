"""Which target a job's config names, and all that there are."""

from __future__ import annotations

from typing import TYPE_CHECKING

from parris.targets.ec2_stack.target import Ec2Stack

if TYPE_CHECKING:
    from collections.abc import Callable

    from parris.aws.gateways import Gateways
    from parris.settings import Settings
    from parris.targets.target import Target

TARGETS: dict[str, Callable[[Gateways, Settings], Target]] = {"ec2-stack": Ec2Stack}
"""Every target by the name that the config has for it. Nothing else knows what there is."""


def choose_target(name: str, aws: Gateways, settings: Settings) -> Target:
    """Return the target of that name.

    Raises:
        KeyError: for a name that is in no config schema.
    """
    return TARGETS[name](aws, settings)


def all_targets(aws: Gateways, settings: Settings) -> tuple[Target, ...]:
    """Return every target, for who looks for what is left of whatever job."""
    return tuple(make(aws, settings) for make in TARGETS.values())
