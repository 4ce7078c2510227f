"""The hourly rate of a job in each of its queues: that of the dearest machine it may get."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING

from parris.costs.rate import Component, Rate
from parris.ec2.parts import INSTANCE, component_of
from parris.errors import PriceUnknownError
from parris.targets.batch.check_sizes import fitting
from parris.targets.batch.fargate import fargate_rate
from parris.targets.batch.spending import at_the_bid
from parris.validation.violations import Violation

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from parris.targets.batch.aws.gateways import BatchGateways
    from parris.targets.batch.read_queues import QueueOfJob
    from parris.targets.batch.spec import BatchSpec

_PRICE = "hourly-price-usd"
GIVEN = f"{_PRICE} of the config"
CONTAINER = "container"
"""The part of a price of the config on Fargate: vCPUs and memory together."""


@dataclass(frozen=True, slots=True)
class QueueRate:
    """What a job costs in a queue. `rate` is None if a price is unknown; `unknown` says which.

    `machine` is the dearest of its machines. `varies` says that other machines cost less, or that
    the price changes while the job runs.
    """

    queue: QueueOfJob
    machine: str
    instance_types: tuple[str, ...] = ()
    rate: Rate | None = None
    varies: bool = False
    unknown: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class FoundRates:
    """The rate in each queue, in their order; violations where prices are needed; warnings."""

    by_queue: tuple[QueueRate, ...] = ()
    violations: tuple[Violation, ...] = ()
    warnings: tuple[str, ...] = ()


@dataclass(slots=True)
class _OtherPrices:
    """The prices of a machine's volume and address, each read once."""

    aws: BatchGateways
    found: dict[str, Component | PriceUnknownError] = field(default_factory=dict)

    def address(self) -> Component | PriceUnknownError:
        return self._find("address", self.aws.prices.public_ipv4_price)

    def volume(self, size_gib: int) -> Component | PriceUnknownError:
        price = self._find(f"{size_gib} GiB", lambda: self.aws.prices.volume_price(size_gib))
        if isinstance(price, Component):
            # The machine keeps its volume for other jobs: none of it is left of this one.
            return dataclasses.replace(price, reserve_seconds=0)
        return price

    def _find(self, name: str, query: Callable[[], Component]) -> Component | PriceUnknownError:
        if name not in self.found:
            try:
                self.found[name] = query()
            except PriceUnknownError as err:
                self.found[name] = err
        return self.found[name]


def find_rates(
    spec: BatchSpec, queues: Sequence[QueueOfJob], aws: BatchGateways, *, are_all_needed: bool
) -> FoundRates:
    """Return the rate of the job in each queue that has machines for it.

    Whether an instance gets a public address depends on its subnet. The rate always includes one,
    so that the estimate is never too low.

    Args:
        spec: the spec of the job.
        queues: the queues without violations.
        aws: the gateways.
        are_all_needed: whether an unknown price is a violation, because a limit depends on it.
            Otherwise it is a warning, as it is where the config has its own price.
    """
    other_prices = _OtherPrices(aws)
    kinds = {one.machine.name for queue in queues for one in fitting(spec, queue.choices)}
    prices = _instance_prices(spec, sorted(kinds), aws)
    rates = tuple(
        _fargate(spec, queue, aws, other_prices)
        if queue.is_fargate
        else _instances(spec, queue, prices, other_prices)
        for queue in queues
    )
    violations, warnings = [], []
    for one in rates:
        if not one.unknown:
            continue
        reasons = "; ".join(one.unknown)
        if are_all_needed and not spec.usd_per_hour:
            expected = f"a queue whose machines have known prices ({reasons}); or set {_PRICE}"
            violations.append(Violation(one.queue.path, one.queue.name, expected))
        else:
            note = f", assuming that {_PRICE} includes it" if spec.usd_per_hour else ""
            warnings.append(f"{reasons}: the estimate does not count it{note}")
    return FoundRates(rates, tuple(violations), tuple(dict.fromkeys(warnings)))


def _instance_prices(
    spec: BatchSpec, kinds: Sequence[str], aws: BatchGateways
) -> Mapping[str, Component | PriceUnknownError]:
    if spec.usd_per_hour:
        given = component_of(INSTANCE, Decimal(spec.usd_per_hour), GIVEN, "")
        return dict.fromkeys(kinds, given)
    return aws.prices.on_demand_prices(kinds).prices


def _instances(
    spec: BatchSpec,
    queue: QueueOfJob,
    prices: Mapping[str, Component | PriceUnknownError],
    other_prices: _OtherPrices,
) -> QueueRate:
    known: dict[str, list[Component]] = {}
    unknown: dict[str, str] = {}
    choices = fitting(spec, queue.choices)
    for one in choices:
        price = prices[one.machine.name]
        if isinstance(price, Component):
            most = price if spec.usd_per_hour else at_the_bid(price, one.bid_percentage)
            known.setdefault(one.machine.name, []).append(most)
        else:
            unknown[one.machine.name] = str(price)
    by_price = sorted(
        ((max(found, key=_usd), name) for name, found in known.items()),
        key=lambda pair: (-_usd(pair[0]), pair[1]),
    )
    others = [other_prices.volume(queue.volume_gib), other_prices.address()]
    problems = [*unknown.values(), *(str(one) for one in others if not isinstance(one, Component))]
    rate = None
    if by_price and not unknown:
        parts = [one for one in others if isinstance(one, Component)]
        rate = Rate((by_price[0][0], *parts))
    distinct = {_usd(one) for found in known.values() for one in found}
    types = (*(name for _, name in by_price), *sorted(unknown))
    return QueueRate(
        queue=queue,
        machine=types[0] if types else "",
        instance_types=types,
        rate=rate,
        varies=len(distinct) > 1 or any(one.is_spot for one in choices),
        unknown=tuple(problems),
    )


def _fargate(
    spec: BatchSpec, queue: QueueOfJob, aws: BatchGateways, other_prices: _OtherPrices
) -> QueueRate:
    machine = f"Fargate, {spec.vcpus} vCPU, {spec.memory_mib} MiB"
    problems: list[str] = []
    rate = None
    if spec.usd_per_hour:
        rate = Rate((component_of(CONTAINER, Decimal(spec.usd_per_hour), GIVEN, ""),))
    else:
        try:
            rate = fargate_rate(spec, aws.fargate_prices.find(is_arm=spec.architecture == "ARM64"))
        except PriceUnknownError as err:
            problems.append(str(err))
    if spec.assigns_public_ip:
        address = other_prices.address()
        if not isinstance(address, Component):
            problems.append(str(address))
        elif rate is not None:
            rate = Rate((*rate.components, address))
    return QueueRate(queue, machine, rate=rate, unknown=tuple(problems))


def _usd(price: Component) -> Decimal:
    return price.usd_per_hour
