"""Classifies EC2's reasons for an instance that could not be launched or started."""

import re
from collections.abc import Sequence

from parris.errors import CapacityUnavailableError, LaunchFailedError, QuotaError

# Stack events have EC2's message, but not always its code, so both are listed.
_CAPACITY = re.compile(
    r"InsufficientInstanceCapacity|insufficient capacity|do not have sufficient .*capacity"
    r"|no Spot capacity available|not enough capacity"
    r"|UnfulfillableCapacity|unable to fulfill capacity"
    r"|InsufficientHostCapacity|InsufficientCapacityOnHost|InsufficientReservedInstanceCapacity"
    r"|InsufficientFreeAddressesInSubnet|not enough free addresses|ReservationCapacityExceeded"
    # Not every zone has every type.
    r"|not supported in (your|the) requested Availability Zone"
    r"|MaxSpotInstanceCountExceeded|Max spot instance count exceeded"
    # A spot price above the bid means that there is no capacity at the bid.
    r"|SpotMaxPriceTooLow|lower than the minimum required Spot request",
    re.IGNORECASE,
)
# Each family of types has its own quota, and another one for spot instances.
_QUOTA = re.compile(
    r"VcpuLimitExceeded|current vCPU limit of|InstanceLimitExceeded|current instance limit of",
    re.IGNORECASE,
)


def refusal_error(
    message: str, reasons: Sequence[str]
) -> CapacityUnavailableError | QuotaError | LaunchFailedError:
    """Return the error for AWS's reasons, with a message that names them."""
    if any(_CAPACITY.search(reason) for reason in reasons):
        return CapacityUnavailableError(message)
    if any(_QUOTA.search(reason) for reason in reasons):
        return QuotaError(message)
    return LaunchFailedError(message)
