"""Finds the resources of a deployment on all targets."""

from __future__ import annotations

from typing import TYPE_CHECKING

from parris.targets.registry import all_targets, choose_target

if TYPE_CHECKING:
    from parris.aws.gateways import Gateways
    from parris.resource import Resource, Search
    from parris.settings import Settings


def all_searches(settings: Settings, aws: Gateways) -> tuple[Search, ...]:
    """Return the searches of all targets, one for each kind of resource."""
    return tuple(search for target in all_targets(aws, settings) for search in target.searches())


def searches_on(name: str, settings: Settings, aws: Gateways) -> tuple[Search, ...]:
    """Return the searches of one target.

    Raises:
        KeyError: if there is no such target.
    """
    return choose_target(name, aws, settings).searches()


def find_resources(settings: Settings, aws: Gateways) -> tuple[Resource, ...]:
    """Return all existing resources of a deployment, including those without an owner tag."""
    return tuple(resource for search in all_searches(settings, aws) for resource in search(None))


def find_resources_of(
    execution_arn: str, settings: Settings, aws: Gateways
) -> tuple[Resource, ...]:
    """Return the existing resources of one execution."""
    # Not a search by owner, which would read resources that do not belong to Parris.
    return tuple(one for one in find_resources(settings, aws) if one.owner_arn == execution_arn)
