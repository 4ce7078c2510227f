"""Which target a job's config names."""

from __future__ import annotations

from typing import TYPE_CHECKING

from parris.targets.ec2_stack import Ec2Stack

if TYPE_CHECKING:
    from parris.aws.gateways import Gateways
    from parris.settings import Settings
    from parris.targets.target import Target


def choose_target(name: str, aws: Gateways, settings: Settings) -> Target:
    """Return the target of that name.

    Raises:
        KeyError: for a name that is in no config schema.
    """
    return {"ec2-stack": Ec2Stack}[name](aws, settings)
