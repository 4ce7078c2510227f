"""EC2 can lack capacity for an instance type; moto always has it, even for invented types.

`Settings.unavailable_instance_types` names the types that RunInstances and StartInstances refuse
for lack of capacity, `Settings.instance_types_beyond_quota` those for lack of quota. They refuse an
instance that would exceed the account's quota of vCPUs, too (`Settings.vcpu_quotas`). A type
that the Region or the subnet's zone does not offer is refused with EC2's error, and so is a subnet
without free addresses.
"""

from collections.abc import Sequence
from typing import Any

from moto.ec2.exceptions import EC2ClientError, InvalidInstanceTypeError
from moto.ec2.models.instance_types import INSTANCE_TYPE_OFFERINGS
from moto.ec2.models.instances import InstanceBackend

from embedded_aws.context import current
from embedded_aws.fault_injection.fault import FaultKind
from embedded_aws.fault_injection.plan import faults
from embedded_aws.gaps.ec2.spot_instances import market_of
from embedded_aws.instance_vcpus import vcpus_of
from embedded_aws.instances.vcpu_quotas import quota_of, vcpus_in_use
from embedded_aws.patching import wrap


class InsufficientInstanceCapacityError(EC2ClientError):
    """EC2 has no capacity for this type now."""

    def __init__(self, instance_type: str) -> None:
        """Use EC2's message."""
        super().__init__(
            "InsufficientInstanceCapacity",
            f"We currently do not have sufficient {instance_type} capacity in the Availability "
            "Zone you requested. Our system will be working on provisioning additional capacity.",
        )


class NoSpotCapacityError(EC2ClientError):
    """EC2 has no spot capacity for this type."""

    def __init__(self) -> None:
        """Use EC2's message."""
        super().__init__(
            "InsufficientInstanceCapacity",
            "There is no Spot capacity available that matches your request.",
        )


class InsufficientFreeAddressesError(EC2ClientError):
    """All addresses of the subnet are in use."""

    def __init__(self, subnet_id: str) -> None:
        """Use EC2's message."""
        super().__init__(
            "InsufficientFreeAddressesInSubnet",
            f"There are not enough free addresses in subnet '{subnet_id}' to satisfy the requested"
            " number of instances.",
        )


class VcpuLimitExceededError(EC2ClientError):
    """The account's quota for such instances is used up."""

    def __init__(self, vcpus: float = 0) -> None:
        """Use EC2's message."""
        super().__init__(
            "VcpuLimitExceeded",
            f"You have requested more vCPU capacity than your current vCPU limit of {vcpus:.0f} "
            "allows for "
            "the instance bucket that the specified instance type belongs to. Please visit "
            "http://aws.amazon.com/contact-us/ec2-request to request an adjustment to this limit.",
        )


class MaxSpotInstanceCountExceededError(EC2ClientError):
    """The account's quota for such spot instances is used up."""

    def __init__(self) -> None:
        """Use EC2's message."""
        super().__init__("MaxSpotInstanceCountExceeded", "Max spot instance count exceeded")


class NotInThisZoneError(EC2ClientError):
    """This zone does not offer the type, but others do."""

    def __init__(self, instance_type: str, zone: str, zones: Sequence[str]) -> None:
        """Use EC2's message."""
        super().__init__(
            "Unsupported",
            f"Your requested instance type ({instance_type}) is not supported in your requested "
            f"Availability Zone ({zone}). Please retry your request by not specifying an "
            f"Availability Zone or choosing {', '.join(zones)}.",
        )


def install() -> None:
    """Patch the launch and the start of instances."""
    wrap(InstanceBackend, "run_instances", _make_run_instances)
    wrap(InstanceBackend, "start_instances", _make_start_instances)


def _make_run_instances(original: Any) -> Any:
    def run_instances(self: Any, *arguments: Any, **named: Any) -> Any:
        wanted = named.get("instance_type")
        is_spot = market_of(self, named).get("MarketType") == "spot"
        _refuse_by_settings(str(wanted), is_spot=is_spot)
        if wanted is not None and not named.get("is_instance_type_default"):
            _refuse_what_is_not_offered(self, wanted, named.get("subnet_id"))
            _refuse_beyond_quota(self, wanted, is_spot=is_spot)
        _refuse_full_subnet(self, named.get("subnet_id"))
        return original(self, *arguments, **named)

    return run_instances


def _make_start_instances(original: Any) -> Any:
    def start_instances(self: Any, instance_ids: list[str]) -> Any:
        for instance in self.get_multi_instances_by_id(instance_ids):
            if instance.state == "stopped":
                _refuse_by_settings(instance.instance_type, is_spot=False)
                _refuse_beyond_quota(self, instance.instance_type, is_spot=False)
        return original(self, instance_ids)

    return start_instances


def _refuse_by_settings(instance_type: str, *, is_spot: bool) -> None:
    settings, is_out = current().settings, faults().is_on(FaultKind.NO_CAPACITY)
    if is_out or instance_type in settings.unavailable_instance_types:
        raise NoSpotCapacityError if is_spot else InsufficientInstanceCapacityError(instance_type)
    if instance_type in settings.instance_types_beyond_quota:
        raise VcpuLimitExceededError


def _refuse_what_is_not_offered(backend: Any, instance_type: str, subnet_id: str | None) -> None:
    zones = _zones_of(instance_type, backend.region_name)
    if not zones:
        raise InvalidInstanceTypeError(instance_type)
    if subnet_id is None:
        return  # EC2 chooses a zone that has it
    zone = backend.get_subnet(subnet_id).availability_zone
    if zone not in zones:
        raise NotInThisZoneError(instance_type, zone, zones)


def _refuse_beyond_quota(backend: Any, instance_type: str, *, is_spot: bool) -> None:
    quota = quota_of(instance_type, is_spot=is_spot)
    if quota is None:
        return
    if vcpus_in_use(backend, quota) + vcpus_of(instance_type) > quota.vcpus:
        raise MaxSpotInstanceCountExceededError if is_spot else VcpuLimitExceededError(quota.vcpus)


def _refuse_full_subnet(backend: Any, subnet_id: str | None) -> None:
    if subnet_id is None:
        return
    if backend.get_subnet(subnet_id).available_ip_address_count < 1:
        raise InsufficientFreeAddressesError(subnet_id)


def _zones_of(instance_type: str, region_name: str) -> list[str]:
    offers = INSTANCE_TYPE_OFFERINGS["availability-zone"].get(region_name, [])
    return sorted(one["Location"] for one in offers if one["InstanceType"] == instance_type)
