"""Why a stack could not be created: AWS's words, told apart."""

import re
from collections.abc import Sequence

from parris.errors import CapacityUnavailableError, StackCreateFailedError

# AWS gives the error code only inside the text of the stack's events.
_CAPACITY = re.compile(
    r"InsufficientInstanceCapacity|insufficient capacity|do not have sufficient .* capacity"
    r"|UnfulfillableCapacity|InsufficientHostCapacity|InsufficientReservedInstanceCapacity"
    r"|InsufficientFreeAddressesInSubnet|ReservationCapacityExceeded"
    r"|MaxSpotInstanceCountExceeded|Max spot instance count exceeded"
    # A price above the bid is a lack of machines at that price.
    r"|SpotMaxPriceTooLow|lower than the minimum required Spot request",
    re.IGNORECASE,
)


def launch_error(
    stack_name: str, status: str, reasons: Sequence[str]
) -> CapacityUnavailableError | StackCreateFailedError:
    """Return the error that says why the launch failed, AWS's first reason first."""
    told = "; ".join(reasons) if reasons else "CloudFormation gave no reason"
    words = f"{stack_name} is {status}: {told}"
    if any(_CAPACITY.search(reason) for reason in reasons):
        return CapacityUnavailableError(words)
    return StackCreateFailedError(words)
