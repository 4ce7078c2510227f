"""The parts of a job that EC2 bills, and their minimum billed times."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from parris.costs.rate import Component, Rate, Unit
from parris.errors import PriceUnknownError

INSTANCE, VOLUME, PUBLIC_IPV4 = "instance", "volume", "public IPv4"

LEAST_BILLED_SECONDS = 60
"""EC2 bills Linux and public addresses per second, with a minimum of 60 s at each start.
Source: https://aws.amazon.com/ec2/pricing/on-demand/, https://aws.amazon.com/vpc/pricing/"""

VOLUME_RESERVE_SECONDS = 20 * 60
"""A volume exists before its machine runs, and until it is deleted after the machine's end, which
takes a minute, or longer during an outage. Estimates of unfinished jobs include this time."""


@dataclass(frozen=True, slots=True)
class OnDemandPrices:
    """The price of each requested type, and the vCPUs of those that the list has.

    A price is an error if the list has no product for the type, several, or a price of 0.
    """

    prices: Mapping[str, Component | PriceUnknownError]
    vcpus: Mapping[str, int] = field(default_factory=dict)


def component_of(
    part: str,
    usd_per_unit: Decimal,
    source: str,
    as_of: str,
    unit: Unit = Unit.HOUR,
    quantity: int = 1,
) -> Component:
    """Return the component for a part."""
    return Component(
        part=part,
        usd_per_unit=usd_per_unit,
        source=source,
        as_of=as_of,
        unit=unit,
        quantity=quantity,
        minimum_seconds=LEAST_BILLED_SECONDS,
        reserve_seconds=VOLUME_RESERVE_SECONDS if part == VOLUME else 0,
    )


def instance_price_of(rate: Rate) -> Component:
    """Return the price of the instance in a rate.

    Raises:
        ValueError: for a rate without an instance, which jobs never have.
    """
    found = rate.component(INSTANCE)
    if found is None:
        raise ValueError("a rate without an instance")
    return found
