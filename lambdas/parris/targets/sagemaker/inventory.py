"""Finds all resources of this target by their tags: training jobs, warm pools and roles.

A training job that has ended, and whose instances are released, stays listed for ever and costs
nothing. So only those that run or have a warm pool are resources.
"""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from parris.targets.owner import is_tagged, with_owner
from parris.targets.sagemaker.describe import ROLE, TRAINING_JOB, WARM_POOL, described
from parris.targets.sagemaker.status import is_known, is_living

if TYPE_CHECKING:
    from collections.abc import Mapping

    from parris.resource import Resource, Search
    from parris.settings import Settings
    from parris.targets.sagemaker.aws.gateways import SageMakerGateways
    from parris.targets.sagemaker.training_job import TrainingJob


def searches(aws: SageMakerGateways, settings: Settings) -> tuple[Search, ...]:
    """Return one search for each kind. Training jobs, which are billed, come first."""
    region = settings.region

    def is_of(tags: Mapping[str, str], execution_arn: str | None) -> bool:
        return is_tagged(tags, settings.deployment, execution_arn)

    def training_jobs(execution_arn: str | None) -> tuple[Resource, ...]:
        found = (one for one in aws.training_jobs.living() if is_of(one.tags, execution_arn))
        return tuple(_training_job(one, region) for one in found)

    def roles(execution_arn: str | None) -> tuple[Resource, ...]:
        found = (one for one in aws.roles.all() if is_of(one.tags, execution_arn))
        return tuple(with_owner(described(one.name, ROLE, region), one.tags) for one in found)

    return training_jobs, roles


def _training_job(found: TrainingJob, region: str) -> Resource:
    is_running = is_living(found.status)
    kind = TRAINING_JOB if is_running or not found.is_warm else WARM_POOL
    return dataclasses.replace(
        with_owner(described(found.name, kind, region), found.tags),
        state=found.status if is_running else f"{found.status}, warm pool {found.warm_pool}",
        is_over=not is_running,
        is_state_known=is_known(found.status),
        is_billed=True,
    )
