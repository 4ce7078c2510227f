"""Whose a resource is, by the tags of `owner_tags`."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from parris.tags import DEPLOYMENT_TAG, EXECUTION_TAG, JOB_TAG, ON_TERMINATION_TAG

if TYPE_CHECKING:
    from collections.abc import Mapping

    from parris.resource import Resource


def is_tagged(tags: Mapping[str, str], deployment: str, execution_arn: str | None) -> bool:
    """Return whether a resource belongs to an execution, or for None to the deployment."""
    if execution_arn is None:
        return tags.get(DEPLOYMENT_TAG) == deployment
    return tags.get(EXECUTION_TAG) == execution_arn


def with_owner(resource: Resource, tags: Mapping[str, str]) -> Resource:
    """Return the resource with what its tags say of its owner."""
    return dataclasses.replace(
        resource,
        owner_arn=tags.get(EXECUTION_TAG, ""),
        training_job_name=tags.get(JOB_TAG, ""),
        on_termination=tags.get(ON_TERMINATION_TAG, ""),
    )
