"""The hourly rates of a job on each of the instance types in its config."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING

from parris.costs.rate import Component, Rate
from parris.ec2.parts import INSTANCE, OnDemandPrices, component_of
from parris.errors import PriceUnknownError
from parris.validation.semantics import texts_of
from parris.validation.violations import Violation, shown

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from parris.aws.ec2.prices import Prices
    from parris.payloads import Payload


@dataclass(frozen=True, slots=True)
class FoundRates:
    """Rates by instance type, violations for types without a rate, and warnings.

    `vcpus` are those of the types that the price list has, if it was asked for their prices.
    """

    rates: dict[str, Rate] = field(default_factory=dict)
    vcpus: Mapping[str, int] = field(default_factory=dict)
    violations: tuple[Violation, ...] = ()
    warnings: tuple[str, ...] = ()


def find_rates(
    config: Payload, prices: Prices, volume_size_gib: int, *, are_all_needed: bool
) -> FoundRates:
    """Return the hourly rates: the instance, its volume, and a public IPv4 address.

    Whether the machine gets a public address depends on its subnet. The rate always includes one,
    so that the estimate is never too low.

    Args:
        config: the merged config, which conforms to the schema.
        prices: the price list.
        volume_size_gib: the size of the volume.
        are_all_needed: whether an unknown price is a violation, because a limit depends on it.
            Otherwise it is a warning. It is also a warning if the config sets `hourly-price-usd`,
            which is then assumed to include the part without a price.
    """
    given = config.get("hourly-price-usd")
    queries: list[tuple[str, Callable[[], Component]]] = [
        ("/volume-size-gib", lambda: prices.volume_price(volume_size_gib)),
        ("/subnet-id", prices.public_ipv4_price),
    ]
    violations: list[Violation] = []
    warnings: list[str] = []
    beside: list[Component] = []
    for path, query in queries:
        try:
            beside.append(query())
        except PriceUnknownError as err:
            if are_all_needed and given is None:
                expected = f"a Region that has a price for it ({err}); or set hourly-price-usd"
                violations.append(Violation(path, shown(config.get(path[1:])), expected))
            else:
                note = ", assuming that hourly-price-usd includes it" if given is not None else ""
                warnings.append(f"{err}: the estimate does not count it{note}")
    found: dict[str, Rate] = {}
    listed = _instance_prices(config, prices)
    for instance_type, price in listed.prices.items():
        if isinstance(price, Component):
            found[instance_type] = Rate((price, *beside))
            continue
        expected = f"a type whose price is known ({price}); or set hourly-price-usd"
        violations.append(Violation("/instance-type", shown(instance_type), expected))
    return FoundRates(
        found, listed.vcpus, tuple(violations) if are_all_needed else (), tuple(warnings)
    )


def _instance_prices(config: Payload, prices: Prices) -> OnDemandPrices:
    types, given = texts_of(config, "instance-type"), config.get("hourly-price-usd")
    if given is None:
        return prices.on_demand_prices(types)
    usd_per_hour = Decimal(str(given))
    component = component_of(INSTANCE, usd_per_hour, "hourly-price-usd of the config", "")
    return OnDemandPrices(dict.fromkeys(types, component))
