"""Batch jobs for tests, and what AWS says about prices; sound by default, each part may change."""

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any, cast

from parris.costs.rate import Component, Rate, Unit
from parris.ec2.parts import INSTANCE, PUBLIC_IPV4, VOLUME, OnDemandPrices, component_of
from parris.ec2.spot_spending import SpotPrice
from parris.errors import PriceUnknownError
from parris.job import Job
from parris.targets.batch.aws.gateways import BatchGateways
from parris.targets.batch.spec import BatchSpec
from tests.builders import a_job

IMAGE = "123456789012.dkr.ecr.us-east-1.amazonaws.com/training:1"
USD_PER_HOUR = {"c5.large": "0.085", "c5.xlarge": "0.17", "m5.xlarge": "0.192"}


def a_spec(**changes: Any) -> BatchSpec:
    given = {"image": IMAGE, "job_queue": "parris-batch", **changes}
    return BatchSpec(**given)


def a_rate_of(usd_per_hour: str) -> Rate:
    """Return what an instance costs with its volume and its address."""
    return Rate(
        (
            component_of(INSTANCE, Decimal(usd_per_hour), "AWS Price List", ""),
            component_of(VOLUME, Decimal("0.08"), "AWS Price List", "", Unit.GIB_MONTH, 30),
            component_of(PUBLIC_IPV4, Decimal("0.005"), "AWS Price List", ""),
        )
    )


def a_batch_job(spec: BatchSpec | None = None, **changes: Any) -> Job:
    given = {"target": "batch", "on_termination": "terminate-job", **changes}
    return dataclasses.replace(a_job(**given), spec=(spec or a_spec()).to_payload())


@dataclass
class KnownPrices:
    """A price list with few instance types. It counts the requests."""

    usd_per_hour: Mapping[str, str] = field(default_factory=lambda: USD_PER_HOUR)
    requests: int = 0

    def on_demand_prices(self, instance_types: Sequence[str]) -> OnDemandPrices:
        self.requests += 1
        return OnDemandPrices({one: self._price(one) for one in instance_types})

    def volume_price(self, size_gib: int) -> Component:
        return component_of(VOLUME, Decimal("0.08"), "list", "", Unit.GIB_MONTH, size_gib)

    def public_ipv4_price(self) -> Component:
        return component_of(PUBLIC_IPV4, Decimal("0.005"), "list", "")

    def _price(self, instance_type: str) -> Component | PriceUnknownError:
        if instance_type not in self.usd_per_hour:
            return PriceUnknownError(f"the price list has 0 products for {instance_type}")
        usd = Decimal(self.usd_per_hour[instance_type])
        return component_of(INSTANCE, usd, f"list, {instance_type}", "")


@dataclass
class KnownHistory:
    """Spot prices of one zone."""

    prices: tuple[SpotPrice, ...] = ()

    def between(
        self, instance_type: str, zone: str, since: datetime, until: datetime
    ) -> tuple[SpotPrice, ...]:
        assert (instance_type, zone) == ("c5.large", "us-east-1a")
        return tuple(one for one in self.prices if one.at < until)


@dataclass
class KnownAws:
    """What the spending of a job asks AWS for."""

    prices: KnownPrices = field(default_factory=KnownPrices)
    spot_prices: KnownHistory = field(default_factory=KnownHistory)

    @property
    def gateways(self) -> BatchGateways:
        return cast("BatchGateways", self)
