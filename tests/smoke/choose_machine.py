"""What the smoke suite's jobs run on: types that a fresh account has, and how many at once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

if TYPE_CHECKING:
    from collections.abc import Callable

# Not burstable, so that a limit measures Parris and not CPU credits, two vCPUs each. The flex types
# are among those that an account on the Free plan may launch.
PREFERRED_TYPES = ("c7i-flex.large", "m7i-flex.large", "c6i.large", "c5.large")
VCPUS_OF_EACH = 2
MOST_AT_ONCE = 4
# "Running On-Demand Standard (A, C, D, H, I, M, R, T, Z) instances", in vCPUs.
_QUOTA_CODE = "L-1216C47A"


class NoMachineError(Exception):
    """The account may launch nothing that the suite could run on."""


@dataclass(frozen=True, slots=True)
class Machines:
    """The types that jobs name, in order, and how many jobs run at once."""

    types: tuple[str, ...]
    at_once: int


def choose_machines(make_client: Callable[[str], Any], say: Callable[[str], object]) -> Machines:
    """Ask what the Region offers and what the quota leaves.

    Raises:
        NoMachineError: with what to do about it.
    """
    offers = make_client("ec2").describe_instance_type_offerings(
        Filters=[{"Name": "instance-type", "Values": list(PREFERRED_TYPES)}]
    )["InstanceTypeOfferings"]
    offered = {one["InstanceType"] for one in offers}
    types = tuple(one for one in PREFERRED_TYPES if one in offered)
    if not types:
        raise NoMachineError(
            f"this Region offers none of {', '.join(PREFERRED_TYPES)}: name a type with"
            " PARRIS_SMOKE_INSTANCE_TYPE"
        )
    quota = _quota_vcpus(make_client)
    if quota is None:
        say("the quota of vCPUs cannot be read: one job at a time")
        return Machines(types, 1)
    say(f"{types[0]} first; the quota is {quota} vCPUs")
    if quota < VCPUS_OF_EACH:
        raise NoMachineError(
            f"the account may run {quota} vCPUs on demand and a job takes {VCPUS_OF_EACH}: ask"
            f" for more in Service Quotas (EC2, {_QUOTA_CODE})"
        )
    return Machines(types, min(MOST_AT_ONCE, quota // VCPUS_OF_EACH))


def _quota_vcpus(make_client: Callable[[str], Any]) -> int | None:
    try:
        found = make_client("service-quotas").get_service_quota(
            ServiceCode="ec2", QuotaCode=_QUOTA_CODE
        )
    except ClientError:
        return None
    return int(found["Quota"]["Value"])
