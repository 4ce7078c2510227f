"""DescribeSpotPriceHistory returns prices for a type, a zone and a time, in pages.

moto returns 0.00001 USD in 2006 for every type, and ignores the request's filters.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from moto.core.responses import ActionResult
from moto.ec2.exceptions import InvalidParameterValueError
from moto.ec2.models.instance_types import INSTANCE_TYPE_OFFERINGS
from moto.ec2.responses.spot_instances import SpotInstances

from embedded_aws.context import current, is_running
from embedded_aws.patching import wrap
from embedded_aws.prices.spot_prices import KEPT_DAYS, begin, iterate_spot_prices

PRODUCTS = ("Linux/UNIX", "Linux/UNIX (Amazon VPC)")
_MOST_OF_A_PAGE = 1000
_ZONE, _TYPE, _PRODUCT = "availability-zone", "instance-type", "product-description"


def install() -> None:
    """Patch the operation."""
    if is_running():
        begin()
    wrap(SpotInstances, "describe_spot_price_history", _make_describe)


def _make_describe(original: Any) -> Any:
    def describe_spot_price_history(self: Any) -> ActionResult:
        found = list(_entries(self))
        start = int(self._get_param("NextToken") or 0)
        end = start + min(int(self._get_param("MaxResults") or _MOST_OF_A_PAGE), _MOST_OF_A_PAGE)
        # EC2's token on the last page is an empty string.
        token = str(end) if end < len(found) else ""
        return ActionResult({"SpotPriceHistory": found[start:end], "NextToken": token})

    return describe_spot_price_history


def _entries(response: Any) -> Iterator[dict[str, Any]]:
    """Yield the requested entries, newest first, as EC2 does."""
    filters = response._filters_from_querystring()
    unknown = sorted(set(filters) - {_ZONE, _TYPE, _PRODUCT})
    if unknown:
        raise InvalidParameterValueError(f"filters that are not modelled: {', '.join(unknown)}")
    types = response._get_param("InstanceTypes", []) or filters.get(_TYPE, [])
    products = response._get_param("ProductDescriptions", []) or filters.get(_PRODUCT, PRODUCTS)
    zone = response._get_param("AvailabilityZone")
    zones = [zone] if zone else filters.get(_ZONE)
    now = current().clock.now()
    since = _timestamp(response._get_param("StartTime")) or now - timedelta(days=KEPT_DAYS)
    until = min(_timestamp(response._get_param("EndTime")) or now, now)
    entries = [
        {
            "InstanceType": offer["InstanceType"],
            "ProductDescription": product,
            "SpotPrice": f"{price.usd_per_hour:.6f}",
            "AvailabilityZone": offer["Location"],
            "Timestamp": price.at,
        }
        for offer in INSTANCE_TYPE_OFFERINGS["availability-zone"].get(response.region, [])
        if offer["InstanceType"] in types or not types
        if zones is None or offer["Location"] in zones
        for product in PRODUCTS
        if product in products
        for price in iterate_spot_prices(offer["InstanceType"], response.region, since, until)
    ]
    yield from sorted(entries, key=lambda entry: entry["Timestamp"], reverse=True)


def _timestamp(given: Any) -> datetime | None:
    if not given:
        return None
    timestamp = given if isinstance(given, datetime) else datetime.fromisoformat(str(given))
    return timestamp if timestamp.tzinfo else timestamp.replace(tzinfo=UTC)
