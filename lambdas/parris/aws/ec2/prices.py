"""The AWS Price List: prices of instances, volumes and public addresses in one Region."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

from parris.aws.price_list import attributes_of, find_products, only_price, portions
from parris.aws.translate_errors import translates_errors
from parris.costs.rate import Component, Unit
from parris.ec2.instance_types import is_bare_metal
from parris.ec2.parts import (
    INSTANCE,
    PUBLIC_IPV4,
    VOLUME,
    OnDemandPrices,
    component_of,
)
from parris.errors import PriceUnknownError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from mypy_boto3_pricing import PricingClient

# All filters are needed: without one of them, the list returns products of 0.00 USD (capacity
# reservations) or of dedicated hosts, too.
_EXACTLY_LINUX_ON_DEMAND = {
    "operatingSystem": "Linux",
    "preInstalledSw": "NA",
    "tenancy": "Shared",
    "capacitystatus": "Used",
    "marketoption": "OnDemand",
    "productFamily": "Compute Instance",
}
# Bare metal is listed as shared or as dedicated, depending on the type, so both are queried.
_EXACTLY_BARE_METAL = {
    **_EXACTLY_LINUX_ON_DEMAND,
    "tenancy": "Shared,Dedicated",
    "productFamily": "Compute Instance (bare metal)",
}
_SHARED = "Shared"
# IOPS and throughput beyond what is included are products of other families.
_EXACTLY_GP3_STORAGE = {"productFamily": "Storage", "volumeApiName": "gp3"}
# The group holds idle addresses too; these products have no productFamily.
_EXACTLY_ADDRESS_IN_USE = {
    "group": "VPCPublicIPv4Address",
    "groupDescription": "Hourly charge for In-use Public IPv4 Addresses",
}
_UNITS = {Unit.HOUR: "Hrs", Unit.GIB_MONTH: "GB-Mo"}


class Prices:
    """Published prices in one Region.

    Args:
        client: the Price List client, or None if the Region's partition has no price list.
        region: the Region of the prices.
    """

    def __init__(self, client: PricingClient | None, region: str) -> None:
        self._client = client
        self._region = region

    @translates_errors
    def on_demand_prices(self, instance_types: Sequence[str]) -> OnDemandPrices:
        """Return the hourly on-demand price of each type with Linux, in few calls."""
        if self._client is None:
            unknown = PriceUnknownError(f"AWS has no price list for {self._region}")
            return OnDemandPrices(dict.fromkeys(instance_types, unknown))
        found = defaultdict(list)
        metal = [one for one in instance_types if is_bare_metal(one)]
        others = [one for one in instance_types if not is_bare_metal(one)]
        for wanted, types in ((_EXACTLY_LINUX_ON_DEMAND, others), (_EXACTLY_BARE_METAL, metal)):
            for some in portions(types):
                for product in self._products("AmazonEC2", wanted, some):
                    found[str(attributes_of(product).get("instanceType"))].append(product)
        prices = {
            instance_type: self._component_or_error(instance_type, _shared_in(found[instance_type]))
            for instance_type in instance_types
        }
        return OnDemandPrices(prices, _vcpus_in(found))

    @translates_errors
    def volume_price(self, size_gib: int) -> Component:
        """Return the storage price of a gp3 volume of that size.

        Raises:
            PriceUnknownError: if the list has no product, several, or a price of 0.
        """
        products = self._products("AmazonEC2", _EXACTLY_GP3_STORAGE)
        what = f"gp3 storage in {self._region}"
        return _component(products, what, VOLUME, Unit.GIB_MONTH, size_gib)

    @translates_errors
    def public_ipv4_price(self) -> Component:
        """Return the hourly price of a public IPv4 address. Raises as `volume_price` does."""
        products = self._products("AmazonVPC", _EXACTLY_ADDRESS_IN_USE)
        what = f"a public IPv4 address in use in {self._region}"
        return _component(products, what, PUBLIC_IPV4, Unit.HOUR)

    def _component_or_error(
        self, instance_type: str, products: Sequence[dict[str, Any]]
    ) -> Component | PriceUnknownError:
        what = f"on demand, Linux, {instance_type} in {self._region}"
        try:
            return _component(products, what, INSTANCE, Unit.HOUR)
        except PriceUnknownError as err:
            return err

    def _products(
        self, service: str, wanted: Mapping[str, str], instance_types: Sequence[str] = ()
    ) -> list[dict[str, Any]]:
        types = {"instanceType": ",".join(instance_types)} if instance_types else {}
        return find_products(self._client, self._region, service, {**wanted, **types})


def _shared_in(products: Sequence[dict[str, Any]]) -> Sequence[dict[str, Any]]:
    """Return the products with shared tenancy, which jobs use, or all if there are none."""
    shared = [one for one in products if attributes_of(one).get("tenancy") == _SHARED]
    return shared or products


def _vcpus_in(products_by_type: Mapping[str, Sequence[dict[str, Any]]]) -> dict[str, int]:
    """Return the vCPUs of each type, which its products agree on."""
    return {
        instance_type: int(vcpus)
        for instance_type, products in products_by_type.items()
        for product in products[:1]
        if (vcpus := str(attributes_of(product).get("vcpu", ""))).isdecimal()
    }


def _component(
    products: Sequence[dict[str, Any]], what: str, part: str, unit: Unit, quantity: int = 1
) -> Component:
    price = only_price(products, what, _UNITS[unit])
    return component_of(
        part=part,
        usd_per_unit=price.usd,
        source=price.source,
        as_of=price.as_of,
        unit=unit,
        quantity=quantity,
    )
