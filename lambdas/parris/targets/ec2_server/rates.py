"""The hourly rates of servers.

The disk of a server is there whether or not a job runs, so no job pays for it.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING

from parris.costs.rate import Component, Rate
from parris.ec2.parts import INSTANCE, component_of
from parris.errors import PriceUnknownError
from parris.validation.violations import Violation, shown

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from parris.aws.ec2.prices import Prices
    from parris.payloads import Payload


@dataclass(frozen=True, slots=True)
class FoundRates:
    """Rates by instance type, with violations and warnings; `vcpus` as the price list has them."""

    rates: dict[str, Rate] = field(default_factory=dict)
    vcpus: Mapping[str, int] = field(default_factory=dict)
    violations: tuple[Violation, ...] = ()
    warnings: tuple[str, ...] = ()


def find_rates(
    config: Payload, path: str, types: Sequence[str], prices: Prices, *, are_all_needed: bool
) -> FoundRates:
    """Return the hourly rates: the instance and a public IPv4 address.

    Whether the server has a public address is known only while it runs. The rate always includes
    one, so that the estimate is never too low.

    Args:
        config: the merged config, without invalid keys.
        path: the key of the config that chooses the server.
        types: the instance types of the servers.
        prices: the price list.
        are_all_needed: whether an unknown price is a violation, because a limit depends on it.
    """
    given, listed = config.get("hourly-price-usd"), prices.on_demand_prices(types)
    beside, warnings, violations = [], [], []
    try:
        beside.append(prices.public_ipv4_price())
    except PriceUnknownError as err:
        warnings.append(f"{err}: the estimate does not count it")
    rates = {}
    for instance_type in types:
        price = listed.prices[instance_type]
        if given is not None:
            source = "hourly-price-usd of the config"
            price = component_of(INSTANCE, Decimal(str(given)), source, "")
        if isinstance(price, Component):
            rates[instance_type] = Rate((price, *beside))
            continue
        expected = f"a server whose price is known ({price}); or set hourly-price-usd"
        violations.append(Violation(path, shown(instance_type), expected))
    return FoundRates(
        rates, listed.vcpus, tuple(violations) if are_all_needed else (), tuple(warnings)
    )


def without_minimum(rate: Rate) -> Rate:
    """Return the rate of a server that runs already: EC2 bills its least time at its start."""
    return Rate(tuple(dataclasses.replace(one, minimum_seconds=0) for one in rate.components))
