"""What AWS would bill for what really was there, reckoned without any code of Parris."""

import csv
from datetime import datetime, timedelta
from decimal import Decimal
from functools import cache

from embedded_aws.prices.spot_prices import spot_price_at
from tests.architecture.definition import CLONE
from tests.random_faults.observed_facts import TrueInstance, Truth

_REGION = "us-east-1"
_GIB_MONTH_USD = Decimal("0.08")
_ADDRESS_USD_PER_HOUR = Decimal("0.005")
_SECONDS_PER_HOUR = Decimal(3600)
# Of the months of a year the average; Parris counts the shortest one.
_SECONDS_PER_MONTH = Decimal(30 * 24 * 3600)
_LEAST_BILLED = timedelta(seconds=60)
_DATA = CLONE / "packages" / "embedded-aws" / "embedded_aws" / "data"
_PRICES = _DATA / "ec2_linux_on_demand_usd_per_hour.csv"


def bill_usd(truth: Truth, kept: set[str], now: datetime) -> Decimal:
    """Return what instances, addresses and volumes have cost.

    Args:
        truth: what there was.
        kept: ids of what is kept: a volume among them counts until its machine ended, since what
            is kept is billed on beside the job.
        now: until when what still is there counts.
    """
    usd = Decimal(0)
    for one in truth.instances.values():
        billed = max((one.billed_until or now) - one.launched_at, _LEAST_BILLED)
        usd_per_hour = usd_per_hour_of(one) + _ADDRESS_USD_PER_HOUR
        usd += usd_per_hour * _seconds(billed) / _SECONDS_PER_HOUR
    ended_at = max((one.ended_at or now for one in truth.instances.values()), default=now)
    for volume in truth.volumes.values():
        until = ended_at if volume.id in kept else volume.gone_at or now
        usd += _GIB_MONTH_USD * volume.gib * _seconds(until - volume.made_at) / _SECONDS_PER_MONTH
    return usd


def usd_per_hour_of(one: TrueInstance) -> Decimal:
    """Return what an hour of an instance costs, of a spot one what it cost at its launch."""
    if not one.is_spot:
        return on_demand_usd_per_hour(one.instance_type)
    price = spot_price_at(one.instance_type, _REGION, one.launched_at)
    assert price is not None
    return price


def volume_usd_per_hour(gib: int) -> Decimal:
    """Return what an hour of a volume costs."""
    return _GIB_MONTH_USD * gib * _SECONDS_PER_HOUR / _SECONDS_PER_MONTH


@cache
def on_demand_usd_per_hour(instance_type: str) -> Decimal:
    """Return the list price of a type."""
    lines = [line for line in _PRICES.read_text().splitlines() if not line.startswith("#")]
    for row in csv.DictReader(lines):
        if (row["instance_type"], row["region"]) == (instance_type, _REGION):
            return Decimal(row["on_demand_usd_per_hour"])
    raise KeyError(instance_type)


def _seconds(length: timedelta) -> Decimal:
    return Decimal(str(length.total_seconds()))
