"""The AWS Price List: prices of training instances and of their volumes in one Region."""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any

from parris.aws.price_list import attributes_of, find_products, listed_price
from parris.aws.translate_errors import translates_errors
from parris.costs.price import Price
from parris.errors import PriceUnknownError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from mypy_boto3_pricing import PricingClient

_SERVICE = "AmazonSageMaker"
# A type has one product for each component that uses it: hosting, notebooks, ... The fee of a
# training plan, which is paid once, has no component.
_EXACTLY_TRAINING = {"productFamily": "ML Instance", "component": "Training"}
_VOLUMES, _OF_TRAINING = {"productFamily": "Storage"}, "Train:VolumeUsage"
_FREE = ("free", "debug")
"""Products of a free tier, and of debuggers, have a price of 0 or are not what a job is billed."""


class Prices:
    """Published prices in one Region.

    Where the list has several prices for the same thing, the highest counts, so that no estimate is
    too low.

    Args:
        client: the Price List client, or None if the Region's partition has no price list.
        region: the Region of the prices.
    """

    def __init__(self, client: PricingClient | None, region: str) -> None:
        self._client = client
        self._region = region

    @translates_errors
    def instance_prices(
        self, instance_types: Sequence[str]
    ) -> dict[str, Price | PriceUnknownError]:
        """Return the hourly on-demand price of each type, or why it is unknown."""
        found = defaultdict(list)
        names = {**_EXACTLY_TRAINING, "instanceName": ",".join(instance_types)}
        for product in self._products(names):
            found[str(attributes_of(product).get("instanceName"))].append(product)
        return {
            one: self._price_or_error(found[one], "Hrs", f"training on {one} in {self._region}")
            for one in instance_types
        }

    @translates_errors
    def volume_price(self) -> Price | PriceUnknownError:
        """Return the monthly price of a GiB of the ML storage volume, or why it is unknown."""
        volumes = list(self._products(_VOLUMES))
        of_training = [one for one in volumes if _OF_TRAINING in _usage_type_of(one)]
        what = f"ML storage volumes in {self._region}"
        return self._price_or_error(of_training or volumes, "GB-Mo", what)

    def _price_or_error(
        self, products: Iterable[dict[str, Any]], unit: str, what: str
    ) -> Price | PriceUnknownError:
        if self._client is None:
            return PriceUnknownError(f"AWS has no price list for {self._region}")
        prices = [
            listed_price(usd, product, what)
            for product in products
            for usd in _prices_in(product, unit)
            if usd > 0
        ]
        if not prices:
            return PriceUnknownError(f"the price list has no price for {what}")
        return max(prices, key=lambda one: one.usd)

    def _products(self, wanted: Mapping[str, str]) -> Iterator[dict[str, Any]]:
        if self._client is None:
            return
        products = find_products(self._client, self._region, _SERVICE, wanted)
        yield from (one for one in products if not _is_free(one))


def _usage_type_of(product: dict[str, Any]) -> str:
    return str(attributes_of(product).get("usagetype", ""))


def _is_free(product: dict[str, Any]) -> bool:
    kind = str(attributes_of(product).get("platoinstancetype", "")).lower()
    return any(one in kind for one in _FREE)


def _prices_in(product: dict[str, Any], unit: str) -> Iterator[Decimal]:
    """Yield the on-demand prices of a product by that unit."""
    for term in product.get("terms", {}).get("OnDemand", {}).values():
        for dimension in term.get("priceDimensions", {}).values():
            if dimension.get("unit") != unit:
                continue
            try:
                usd = Decimal(dimension.get("pricePerUnit", {}).get("USD", ""))
            except InvalidOperation:
                continue
            if usd.is_finite():
                yield usd
