"""Finds the instance types that fit, the cheapest first, with what AWS says of them now."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any, cast

from parris.aws.ec2.prices import Prices
from parris.aws.price_list import price_list_region
from parris.aws.translate_errors import translates_errors
from parris.errors import PriceUnknownError
from parris_cli.offers.machine import Machine, Needs, Offer, machine_from

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    import boto3
    from mypy_boto3_ec2.literals import InstanceTypeType

# A filter of EC2 takes at most 200 values.
_AT_ONCE = 100
_LINUX = "Linux/UNIX"


@dataclass(frozen=True, slots=True)
class Offers:
    """The offers, the cheapest first, and how many machines fit altogether."""

    region: str
    offers: tuple[Offer, ...]
    count: int


@translates_errors
def find_offers(session: boto3.Session, needs: Needs, most: int) -> Offers:
    """Return the cheapest machines that fit, those with an unknown price last.

    Args:
        session: whose Region and credentials are used.
        needs: what a machine must have.
        most: how many are returned.
    """
    ec2 = session.client("ec2")
    region = ec2.meta.region_name
    fitting = [one for one in _machines(ec2) if needs.fits(one)]
    prices = _on_demand_prices(session, region, [one.name for one in fitting])
    priced = [Offer(one, prices.get(one.name)) for one in fitting]
    limit = needs.most_usd_per_hour
    if limit is not None:
        priced = [one for one in priced if one.on_demand_usd and one.on_demand_usd <= limit]
    ranked = sorted(priced, key=_rank)[:most]
    names = [one.machine.name for one in ranked]
    spot, zones = (_spot_prices(ec2, names), _zones(ec2, names)) if names else ({}, {})
    offers = tuple(
        replace(
            one,
            spot_usd=spot.get(one.machine.name),
            zones=tuple(sorted(zones.get(one.machine.name, ()))),
        )
        for one in ranked
    )
    return Offers(region, offers, len(priced))


def _rank(offer: Offer) -> tuple[bool, Decimal, str]:
    usd = offer.on_demand_usd
    return usd is None, usd or Decimal(0), offer.machine.name


def _machines(ec2: Any) -> Iterable[Machine]:
    pages = ec2.get_paginator("describe_instance_types").paginate(
        Filters=[
            {"Name": "supported-usage-class", "Values": ["on-demand"]},
            {"Name": "bare-metal", "Values": ["false"]},
        ]
    )
    return (machine_from(one) for page in pages for one in page["InstanceTypes"])


def _on_demand_prices(
    session: boto3.Session, region: str, names: Sequence[str]
) -> dict[str, Decimal]:
    place = price_list_region(region)
    client = None if place is None else session.client("pricing", region_name=place)
    listed = Prices(client, region)
    return {
        name: price.usd_per_unit
        for name, price in listed.on_demand_prices(names).prices.items()
        if not isinstance(price, PriceUnknownError)
    }


def _spot_prices(ec2: Any, names: Sequence[str]) -> dict[str, Decimal]:
    """Return the lowest spot price of each machine at present."""
    pages = ec2.get_paginator("describe_spot_price_history").paginate(
        InstanceTypes=[cast("InstanceTypeType", name) for name in names],
        ProductDescriptions=[_LINUX],
        # With the present as its start, EC2 returns the price that counts now.
        StartTime=datetime.now(UTC),
    )
    lowest: dict[str, Decimal] = {}
    for page in pages:
        for entry in page["SpotPriceHistory"]:
            usd, name = Decimal(entry["SpotPrice"]), entry["InstanceType"]
            lowest[name] = min(usd, lowest.get(name, usd))
    return lowest


def _zones(ec2: Any, names: Sequence[str]) -> dict[str, set[str]]:
    zones: dict[str, set[str]] = {}
    for some in _portions(names):
        pages = ec2.get_paginator("describe_instance_type_offerings").paginate(
            LocationType="availability-zone",
            Filters=[{"Name": "instance-type", "Values": some}],
        )
        for page in pages:
            for one in page["InstanceTypeOfferings"]:
                zones.setdefault(one["InstanceType"], set()).add(one["Location"])
    return zones


def _portions(names: Sequence[str]) -> Iterable[list[str]]:
    return (list(names[at : at + _AT_ONCE]) for at in range(0, len(names), _AT_ONCE))
