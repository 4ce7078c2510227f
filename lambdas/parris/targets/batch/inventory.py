"""Finds all resources of this target by their tags: jobs that live, and job definitions.

A job that has ended stays listed for about a week and costs nothing. So it is no resource.
"""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from parris.targets.batch.describe import BATCH_JOB, DEFINITION, described
from parris.targets.batch.status import is_known
from parris.targets.owner import is_tagged, with_owner

if TYPE_CHECKING:
    from collections.abc import Mapping

    from parris.resource import Resource, Search
    from parris.settings import Settings
    from parris.targets.batch.aws.gateways import BatchGateways


def searches(aws: BatchGateways, settings: Settings) -> tuple[Search, ...]:
    """Return one search for each kind. Jobs, which are billed, come first."""
    region = settings.region

    def is_of(tags: Mapping[str, str], execution_arn: str | None) -> bool:
        return is_tagged(tags, settings.deployment, execution_arn)

    def jobs(execution_arn: str | None) -> tuple[Resource, ...]:
        found = aws.jobs.living(aws.job_queues.names())
        return tuple(
            dataclasses.replace(
                with_owner(described(one.job_id, BATCH_JOB, region), one.tags),
                state=one.status,
                is_state_known=is_known(one.status),
            )
            for one in found
            if is_of(one.tags, execution_arn)
        )

    def definitions(execution_arn: str | None) -> tuple[Resource, ...]:
        found = (one for one in aws.job_definitions.all() if is_of(one.tags, execution_arn))
        return tuple(
            with_owner(described(one.definition_id, DEFINITION, region), one.tags) for one in found
        )

    return jobs, definitions
