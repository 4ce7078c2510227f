"""Finds what is left of a job by querying AWS at the end, on every target."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypedDict

from parris_cli.aws_errors import AWS_ERRORS, describe_error, is_expired

if TYPE_CHECKING:
    from parris.resource import Resource, Search
    from parris_cli.account.clients import Account


class Leftover(TypedDict):
    """A resource that still exists."""

    kind: str
    id: str
    state: str
    console_url: str
    removal_command: str


def find_leftovers(account: Account, execution_arn: str) -> list[Leftover]:
    """Return every resource that carries the execution's tag and is not gone."""
    return [
        _leftover(one)
        for search in _searches(account, execution_arn)
        for one in search(execution_arn)
    ]


def find_known_leftovers(account: Account, execution_arn: str) -> tuple[list[Leftover], str]:
    """Return what is left as far as AWS shows it, and why the rest is unknown."""
    found: list[Leftover] = []
    unknown: list[str] = []
    for search in _searches(account, execution_arn):
        try:
            found += [_leftover(one) for one in search(execution_arn)]
        except AWS_ERRORS as err:
            # AWS's own error says more to people than the translated one.
            cause = err.__cause__ if isinstance(err.__cause__, AWS_ERRORS) else err
            message = describe_error(cause)
            unknown += [] if message in unknown else [message]
            if is_expired(cause):
                break
    return found, "; ".join(unknown)


def _searches(account: Account, execution_arn: str) -> tuple[Search, ...]:
    from parris.aws.gateways import Gateways
    from parris.targets.inventory import all_searches

    settings = account.settings(execution_arn)
    return all_searches(settings, Gateways(settings, account))


def _leftover(found: Resource) -> Leftover:
    return {
        "kind": found.kind,
        "id": found.resource_id,
        "state": found.state,
        "console_url": found.console_url,
        "removal_command": found.removal_command,
    }
