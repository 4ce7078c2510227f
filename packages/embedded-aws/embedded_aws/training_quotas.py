"""The account's quotas for SageMaker training jobs, by their names in Service Quotas."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass

from embedded_aws.context import current
from embedded_aws.prices.training_products import priced_training_types

LONGEST_RUN_TIME = "Longest run time for a training job"
_CODES = {LONGEST_RUN_TIME: "L-33A961FD"}
_USUAL_RUN_SECONDS = 432_000.0
"""Source: https://docs.aws.amazon.com/general/latest/gr/sagemaker.html"""
_USUAL_INSTANCES = 20.0
"""A new account has 0 of many types. This is an account that has requested increases."""


@dataclass(frozen=True, slots=True)
class TrainingQuota:
    """One quota. `usual_value` is in seconds, or a number of instances."""

    name: str
    usual_value: float

    @property
    def code(self) -> str:
        """Return the quota's code. Those of the instance types are not AWS's."""
        digits = hashlib.sha256(self.name.encode()).hexdigest()[:8].upper()
        return _CODES.get(self.name, f"L-{digits}")

    @property
    def value(self) -> float:
        """Return the quota's value: that of `Settings.training_quotas`, or the usual one."""
        return current().settings.training_quotas.get(self.name, self.usual_value)


def instances_quota(instance_type: str, *, is_spot: bool) -> TrainingQuota:
    """Return the quota of the instances of a type in all training jobs."""
    kind = "spot training job" if is_spot else "training job"
    return TrainingQuota(f"{instance_type} for {kind} usage", _USUAL_INSTANCES)


def warm_pool_quota(instance_type: str) -> TrainingQuota:
    """Return the quota of the instances of a type in jobs with a warm pool, and in warm pools."""
    return TrainingQuota(f"{instance_type} for training warm pool usage", _USUAL_INSTANCES)


def run_time_quota() -> TrainingQuota:
    """Return the quota of the run time of one job."""
    return TrainingQuota(LONGEST_RUN_TIME, _USUAL_RUN_SECONDS)


def iterate_training_quotas(region: str) -> Iterator[TrainingQuota]:
    """Yield the quotas of a Region: of each type that has a price there, and the run time."""
    for instance_type in priced_training_types(region):
        yield instances_quota(instance_type, is_spot=False)
        yield instances_quota(instance_type, is_spot=True)
        yield warm_pool_quota(instance_type)
    yield run_time_quota()
