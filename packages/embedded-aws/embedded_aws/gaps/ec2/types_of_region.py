"""DescribeInstanceTypes describes the types that the Region offers; moto describes all it knows."""

from typing import Any

from moto.ec2.models.instance_types import INSTANCE_TYPE_OFFERINGS, InstanceTypeBackend

from embedded_aws.patching import wrap


def install() -> None:
    """Patch the operation."""
    wrap(InstanceTypeBackend, "describe_instance_types", _make_describe)


def _make_describe(original: Any) -> Any:
    def describe_instance_types(self: Any, *arguments: Any, **named: Any) -> Any:
        offers = INSTANCE_TYPE_OFFERINGS["region"].get(self.region_name, [])
        offered = {one["InstanceType"] for one in offers}
        return [one for one in original(self, *arguments, **named) if one.name in offered]

    return describe_instance_types
