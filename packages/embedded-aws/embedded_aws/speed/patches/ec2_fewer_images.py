"""Images for ECS are left out.

Not a gap in behaviour: no training instance uses them. moto creates its 1,227 of them, each with a
snapshot, for every embedded AWS, and again for each response that lists images.
"""

from typing import Any

from moto.ec2.models import amis

from embedded_aws.patching import wrap

_OF_ECS = "/ecs/optimized_amis/"


def install() -> None:
    """Patch where the images of a Region are read."""
    wrap(amis, "load_resource", _make_load_resource)


def _make_load_resource(original: Any) -> Any:
    def load_resource(path: str, **named: Any) -> Any:
        return [] if _OF_ECS in path else original(path, **named)

    return load_resource
