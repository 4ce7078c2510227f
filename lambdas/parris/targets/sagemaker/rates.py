"""The hourly rates of a training job on each of the instance types in its config."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from parris.costs.price import Price
from parris.costs.rate import Component, Rate, Unit
from parris.errors import PriceUnknownError
from parris.near_names import did_you_mean
from parris.targets.sagemaker.parts import LEAST_BILLED_SECONDS, instance_part, volume_part
from parris.validation.semantics import path_of_text, texts_of
from parris.validation.violations import Violation, shown

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from parris.payloads import Payload
    from parris.targets.sagemaker.aws.prices import Prices
    from parris.targets.sagemaker.spec import InstanceGroup, SageMakerSpec

_TYPE, _GROUPS, _VOLUME = "instance-type", "instance-groups", "volume-size-gib"
_PRICE = "hourly-price-usd"
_KNOWN_TYPE, _EXAMPLE = "an instance type of SageMaker training", ", such as ml.m5.xlarge"


@dataclass(frozen=True, slots=True)
class Machine:
    """Instances that a job may run on: one kind, or the groups of a heterogeneous job."""

    title: str
    groups: tuple[InstanceGroup, ...]
    rate: Rate | None = None


@dataclass(frozen=True, slots=True)
class FoundRates:
    """What the price list has: prices by instance type, and that of a GiB of volume.

    `is_given` says that the instances' prices are the config's own, which then includes a volume
    without a price.
    """

    instances: Mapping[str, Price | PriceUnknownError]
    volume: Price | PriceUnknownError
    is_given: bool = False

    @classmethod
    def read(cls, prices: Prices, config: Payload) -> FoundRates:
        """Query the price list for the types of a config, unless that has its own price."""
        types, given = instance_types_in(config), config.get(_PRICE)
        if given is None:
            return cls(prices.instance_prices(types), prices.volume_price())
        price = Price(Decimal(str(given)), f"{_PRICE} of the config", "")
        return cls(dict.fromkeys(types, price), prices.volume_price(), is_given=True)

    def rate_of(self, spec: SageMakerSpec, groups: Sequence[InstanceGroup]) -> Rate | None:
        """Return what an hour of these instances costs with their volumes; None if unknown.

        A warm pool is billed after the job, so that its whole time is reserved. An unknown price of
        the volume is left out, which is a warning, or a violation where a limit depends on it.
        """
        components = []
        for one in groups:
            price = self.instances[one.instance_type]
            if isinstance(price, PriceUnknownError):
                return None
            part = instance_part(one.name)
            components.append(_component(part, price, Unit.HOUR, one.instance_count, spec))
        if not isinstance(self.volume, PriceUnknownError):
            for one in groups:
                size_gib = spec.volume_size_gib * one.instance_count
                part = volume_part(one.name)
                components.append(_component(part, self.volume, Unit.GIB_MONTH, size_gib, spec))
        return Rate(tuple(components))

    def violations(self, config: Payload) -> list[Violation]:
        """Return a violation for each price that is unknown."""
        found = []
        for path, kind in _paths_of_types(config):
            price = self.instances[kind]
            if isinstance(price, PriceUnknownError):
                expected = f"a type whose price is known ({price}); or set {_PRICE}"
                found.append(Violation(path, shown(kind), expected))
        if isinstance(self.volume, PriceUnknownError) and not self.is_given:
            expected = f"a Region that has a price for it ({self.volume}); or set {_PRICE}"
            found.append(Violation(f"/{_VOLUME}", shown(config.get(_VOLUME)), expected))
        return found

    def warnings(self) -> tuple[str, ...]:
        """Return a warning for each price that is unknown."""
        prices = [*self.instances.values(), self.volume]
        note = f", assuming that {_PRICE} includes it" if self.is_given else ""
        return tuple(
            f"{one}: the estimate does not count it{note}"
            for one in prices
            if isinstance(one, PriceUnknownError)
        )


def instance_types_in(config: Payload) -> tuple[str, ...]:
    """Return all instance types of a config, each once."""
    return tuple(dict.fromkeys(kind for _, kind in _paths_of_types(config)))


def find_unknown_types(
    config: Payload, rates: FoundRates, known: frozenset[str]
) -> list[Violation]:
    """Return a violation for each type that neither the price list nor the API model has."""
    return [
        Violation(path, shown(kind), _KNOWN_TYPE + (did_you_mean(kind, known) or _EXAMPLE))
        for path, kind in _paths_of_types(config)
        if kind not in known and isinstance(rates.instances[kind], PriceUnknownError)
    ]


def _paths_of_types(config: Payload) -> list[tuple[str, str]]:
    groups = config.get(_GROUPS)
    if isinstance(groups, list):
        return [
            (f"/{_GROUPS}/{index}/{_TYPE}", str(one.get(_TYPE)))
            for index, one in enumerate(groups)
            if isinstance(one, dict)
        ]
    return [
        (path_of_text(config, _TYPE, index), kind)
        for index, kind in enumerate(texts_of(config, _TYPE))
    ]


def _component(
    part: str, price: Price, unit: Unit, quantity: int, spec: SageMakerSpec
) -> Component:
    return Component(
        part=part,
        usd_per_unit=price.usd,
        source=price.source,
        as_of=price.as_of,
        unit=unit,
        quantity=quantity,
        minimum_seconds=LEAST_BILLED_SECONDS,
        reserve_seconds=spec.keep_alive_seconds,
    )
