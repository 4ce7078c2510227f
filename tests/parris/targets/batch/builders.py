"""Batch jobs for tests, and what AWS says about prices; sound by default, each part may change."""

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any, cast

from parris.aws.ec2.quotas import Quota
from parris.costs.price import Price
from parris.costs.rate import Component, Rate, Unit
from parris.ec2.parts import INSTANCE, PUBLIC_IPV4, VOLUME, OnDemandPrices, component_of
from parris.ec2.spot_spending import SpotPrice
from parris.errors import PriceUnknownError
from parris.image_uri import Existence, ImageUri
from parris.job import Job
from parris.targets.batch.aws.gateways import BatchGateways
from parris.targets.batch.compute import ComputeEnvironment, JobQueue, MachineType
from parris.targets.batch.fargate import FargatePrices
from parris.targets.batch.settings import BatchSettings
from parris.targets.batch.spec import BatchSpec
from tests.builders import BUCKET, a_job

IMAGE = "123456789012.dkr.ecr.us-east-1.amazonaws.com/training:1"
USD_PER_HOUR = {
    "c5.large": "0.085",
    "c5.xlarge": "0.17",
    "m5.xlarge": "0.192",
    "c7g.large": "0.0725",
    "g5.xlarge": "1.006",
    "t3.large": "0.0832",
}


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


TYPES = (
    MachineType("c5.large", 2, 4096, 0, is_arm=False),
    MachineType("c5.xlarge", 4, 8192, 0, is_arm=False),
    MachineType("m5.xlarge", 4, 16_384, 0, is_arm=False),
    MachineType("c7g.large", 2, 4096, 0, is_arm=True),
    MachineType("g5.xlarge", 4, 16_384, 1, is_arm=False),
    MachineType("t3.large", 2, 8192, 0, is_arm=False),
)
FARGATE_PRICES = FargatePrices(
    Price(Decimal("0.04048"), "list, vCPU", ""),
    Price(Decimal("0.004445"), "list, GB", ""),
    Price(Decimal("0.000111"), "list, storage", ""),
)


def an_environment(name: str = "on-demand", **changes: Any) -> ComputeEnvironment:
    environment = ComputeEnvironment(
        name=name,
        arn=f"arn:aws:batch:us-east-1:123456789012:compute-environment/{name}",
        state="ENABLED",
        status="VALID",
        status_reason="",
        is_managed=True,
        orchestrator="ECS",
        kind="EC2",
        max_vcpus=64,
        instance_types=("c5.large", "c5.xlarge"),
    )
    return dataclasses.replace(environment, **changes)


def on_fargate(name: str = "fargate", **changes: Any) -> ComputeEnvironment:
    return an_environment(name, **{"kind": "FARGATE", "instance_types": (), **changes})


def a_queue(name: str, *environments: ComputeEnvironment, **changes: Any) -> JobQueue:
    arns = tuple(one.arn for one in environments)
    queue = JobQueue(name, f"arn:aws:batch:::job-queue/{name}", "ENABLED", "VALID", "", arns)
    return dataclasses.replace(queue, **changes)


def some_settings(**changes: Any) -> BatchSettings:
    settings = BatchSettings(
        deployment="parris",
        region="us-east-1",
        training_bucket=BUCKET,
        jobs_table="jobs",
        trainer_log_group="/parris/trainers",
        layers_root=Path("/opt"),
        job_queue="parris-batch",
    )
    return dataclasses.replace(settings, **changes)


@dataclass
class KnownQueues:
    """The job queues of an account. It counts the requests."""

    queues: Mapping[str, JobQueue] = field(default_factory=dict)
    known: Mapping[str, ComputeEnvironment] = field(default_factory=dict)
    requests: int = 0

    def find(self, names: Sequence[str]) -> dict[str, JobQueue]:
        self.requests += 1
        return {name: self.queues[name] for name in names if name in self.queues}

    def environments(self, arns: Sequence[str]) -> dict[str, ComputeEnvironment]:
        self.requests += 1
        return {arn: self.known[arn] for arn in arns}


class KnownTypes:
    """The instance types of a Region."""

    def matching(self, patterns: Sequence[str]) -> dict[str, MachineType]:
        return {
            one.name: one
            for one in TYPES
            if any(fnmatchcase(one.name, pattern) for pattern in patterns)
        }


class KnownTemplates:
    """Launch templates, by their ids."""

    def volume_gib(self, template: str, version: str) -> int | None:
        return {("lt-large", "3"): 100}.get((template, version))


@dataclass
class KnownQuotas:
    """The quotas of an account, by their codes."""

    vcpus: Mapping[str, float] = field(default_factory=dict)

    def find(self, code: str, service: str = "ec2") -> Quota:
        return Quota(code, f"vCPUs of {service}", self.vcpus.get(code, 1152.0))


class KnownFargatePrices:
    """The prices of Fargate."""

    def find(self, *, is_arm: bool) -> FargatePrices:
        return FARGATE_PRICES


@dataclass
class KnownImages:
    """Repositories in which every image has the same existence."""

    existence: Existence = Existence.EXISTS

    def existence_of(self, image: ImageUri) -> Existence:
        return self.existence


@dataclass
class KnownArchitectures:
    """Repositories in which every image is for the same processors, or does not say."""

    architectures: frozenset[str] = frozenset()

    def of(self, image: ImageUri) -> frozenset[str]:
        return self.architectures


@dataclass
class KnownRoles:
    """The roles of the containers."""

    absent: tuple[str, ...] = ()

    def missing(self) -> tuple[str, ...]:
        return self.absent


@dataclass
class KnownAws:
    """What the target asks AWS for before a job is submitted, and while it runs."""

    queues: KnownQueues = field(default_factory=KnownQueues)
    prices: KnownPrices = field(default_factory=KnownPrices)
    spot_prices: KnownHistory = field(default_factory=KnownHistory)
    machine_types: KnownTypes = field(default_factory=KnownTypes)
    launch_templates: KnownTemplates = field(default_factory=KnownTemplates)
    fargate_prices: KnownFargatePrices = field(default_factory=KnownFargatePrices)
    image_repositories: KnownImages = field(default_factory=KnownImages)
    image_architectures: KnownArchitectures = field(default_factory=KnownArchitectures)
    container_roles: KnownRoles = field(default_factory=KnownRoles)
    quotas: KnownQuotas = field(default_factory=KnownQuotas)

    @property
    def gateways(self) -> BatchGateways:
        return cast("BatchGateways", self)


def aws_with(queues: Mapping[str, Sequence[ComputeEnvironment]], **others: Any) -> KnownAws:
    """Return an AWS with these queues, each with its environments."""
    return KnownAws(
        queues=KnownQueues(
            {name: a_queue(name, *environments) for name, environments in queues.items()},
            {one.arn: one for environments in queues.values() for one in environments},
        ),
        **others,
    )
