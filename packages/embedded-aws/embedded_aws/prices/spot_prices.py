"""Spot prices and their history, the same in every zone of the Region.

A type costs a constant share of its on-demand price, or what `Settings.spot_prices` says. EC2
restates a price about once a day, so the history has an entry for every day without a change.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from embedded_aws.context import Context, current
from embedded_aws.prices.instance_products import load_prices

KEPT_DAYS = 90
"""How far the history goes back.
Source: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/using-spot-instances-history.html"""

_SHARE_OF_ON_DEMAND = Decimal("0.35")
_SMALLEST_STEP = Decimal("0.000001")
_LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
_DAY = timedelta(days=1)
_BEGINNING = "spot-prices-beginning"


@dataclass(frozen=True, slots=True)
class SpotPrice:
    """From `at` on, an hour costs `usd_per_hour`."""

    at: datetime
    usd_per_hour: Decimal


def begin() -> None:
    """Record when this embedded AWS began: `Settings.spot_prices` is relative to it."""
    context = current()
    context.services.setdefault(_BEGINNING, context.clock.now())


def spot_price_at(instance_type: str, region: str, timestamp: datetime) -> Decimal | None:
    """Return the hourly price of a type at a time, None for a type without a price."""
    prices = [one for one in _changes(instance_type, region) if one.at <= timestamp]
    return prices[-1].usd_per_hour if prices else None


def iterate_spot_prices(
    instance_type: str, region: str, since: datetime, until: datetime
) -> Iterator[SpotPrice]:
    """Yield the history of a type between two times, oldest first.

    The price in force at `since` comes first, with the time before it at which it was stated.
    """
    oldest = current().clock.now() - KEPT_DAYS * _DAY
    entries = [one for one in _stated(instance_type, region, until) if one.at >= oldest]
    before = [one for one in entries if one.at <= since]
    yield from before[-1:]
    yield from (one for one in entries if since < one.at <= until)


def _stated(instance_type: str, region: str, until: datetime) -> Iterator[SpotPrice]:
    """Yield each change, and each price again for every day that it stays the same."""
    changes = _changes(instance_type, region)
    first_day = current().clock.now() - (KEPT_DAYS + 1) * _DAY
    for change, following in zip(changes, [*changes[1:], None], strict=True):
        yield change
        ends_at = until if following is None else min(until, following.at)
        at = change.at + max(0, (first_day - change.at) // _DAY) * _DAY + _DAY
        while at < ends_at:
            yield SpotPrice(at, change.usd_per_hour)
            at += _DAY


def _changes(instance_type: str, region: str) -> list[SpotPrice]:
    context = current()
    scripted = context.settings.spot_prices.get(instance_type)
    if scripted is None:
        return _usual(instance_type, region)
    beginning = _beginning(context)
    return [
        SpotPrice(beginning + timedelta(seconds=seconds), Decimal(usd)) for seconds, usd in scripted
    ]


def _usual(instance_type: str, region: str) -> list[SpotPrice]:
    for price in load_prices():
        if (price.instance_type, price.region) == (instance_type, region):
            usd = (price.usd_per_hour * _SHARE_OF_ON_DEMAND).quantize(_SMALLEST_STEP)
            return [SpotPrice(_LONG_AGO, usd)]
    return []


def _beginning(context: Context) -> datetime:
    beginning = context.services[_BEGINNING]
    assert isinstance(beginning, datetime)
    return beginning
