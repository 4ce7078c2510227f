"""An instance type can be out of stock; moto always has every one, invented ones too.

`Settings.unavailable_instance_types` names the types that RunInstances refuses for want of
capacity. A type that the region does not offer is refused as EC2 refuses it.
"""

from typing import Any

from moto.ec2.exceptions import EC2ClientError, InvalidInstanceTypeError
from moto.ec2.models.instance_types import INSTANCE_TYPE_OFFERINGS
from moto.ec2.models.instances import InstanceBackend

from embedded_aws.context import current
from embedded_aws.faults.fault import FaultKind
from embedded_aws.faults.plan import faults
from embedded_aws.patching import wrap


class InsufficientInstanceCapacityError(EC2ClientError):
    """EC2 has no such machine left just now."""

    def __init__(self, instance_type: str) -> None:
        """Say it in EC2's words."""
        super().__init__(
            "InsufficientInstanceCapacity",
            f"We currently do not have sufficient {instance_type} capacity in the Availability "
            "Zone you requested. Our system will be working on provisioning additional capacity.",
        )


def install() -> None:
    """Patch the launch of instances."""
    wrap(InstanceBackend, "run_instances", _make_run_instances)


def _make_run_instances(original: Any) -> Any:
    def run_instances(self: Any, *arguments: Any, **named: Any) -> Any:
        wanted = named.get("instance_type")
        is_out = faults().is_on(FaultKind.NO_CAPACITY)
        if is_out or wanted in current().settings.unavailable_instance_types:
            raise InsufficientInstanceCapacityError(str(wanted))
        offered = INSTANCE_TYPE_OFFERINGS["region"].get(self.region_name, [])
        is_default = named.get("is_instance_type_default") or wanted is None
        if not is_default and wanted not in {offer["InstanceType"] for offer in offered}:
            raise InvalidInstanceTypeError(wanted)
        return original(self, *arguments, **named)

    return run_instances
