"""Why a stack could not be created: AWS's words, told apart."""

import re
from collections.abc import Sequence

from parris.errors import (
    CapacityUnavailableError,
    LaunchFailedError,
    QuotaError,
)

# A stack's events carry EC2's message and not always its code, so both are listed.
_CAPACITY = re.compile(
    r"InsufficientInstanceCapacity|insufficient capacity|do not have sufficient .*capacity"
    r"|no Spot capacity available|not enough capacity"
    r"|UnfulfillableCapacity|unable to fulfill capacity"
    r"|InsufficientHostCapacity|InsufficientCapacityOnHost|InsufficientReservedInstanceCapacity"
    r"|InsufficientFreeAddressesInSubnet|not enough free addresses|ReservationCapacityExceeded"
    # Not every zone has every type.
    r"|not supported in (your|the) requested Availability Zone"
    r"|MaxSpotInstanceCountExceeded|Max spot instance count exceeded"
    # A price above the bid is a lack of machines at that price.
    r"|SpotMaxPriceTooLow|lower than the minimum required Spot request",
    re.IGNORECASE,
)
# Each family of types has a quota of its own, and spot instances another one.
_QUOTA = re.compile(
    r"VcpuLimitExceeded|current vCPU limit of|InstanceLimitExceeded|current instance limit of",
    re.IGNORECASE,
)


def launch_error(
    stack_name: str, status: str, reasons: Sequence[str]
) -> CapacityUnavailableError | QuotaError | LaunchFailedError:
    """Return the error that says why the launch failed, AWS's first reason first."""
    told = "; ".join(reasons) if reasons else "CloudFormation gave no reason"
    words = f"{stack_name} is {status}: {told}"
    if any(_CAPACITY.search(reason) for reason in reasons):
        return CapacityUnavailableError(words)
    if any(_QUOTA.search(reason) for reason in reasons):
        return QuotaError(words)
    return LaunchFailedError(words)
