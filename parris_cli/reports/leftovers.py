"""Finds what is left of a job by querying AWS at the end."""

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


def find_leftovers(
    account: Account, execution_arn: str, target: str | None = None
) -> list[Leftover]:
    """Return every resource that carries the execution's tag and is not gone.

    Args:
        account: the account that the job ran in.
        execution_arn: its execution.
        target: the job's target, which has launched all of its resources; if None, the resources
            of all targets are searched.
    """
    return [
        _leftover(one)
        for search in _searches(account, execution_arn, target)
        for one in search(execution_arn)
    ]


def find_known_leftovers(
    account: Account, execution_arn: str, target: str | None = None
) -> tuple[list[Leftover], str]:
    """Return what is left as far as AWS shows it, and why the rest is unknown.

    The arguments are those of `find_leftovers`.
    """
    found: list[Leftover] = []
    unknown: list[str] = []
    for search in _searches(account, execution_arn, target):
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


def _searches(account: Account, execution_arn: str, target: str | None) -> tuple[Search, ...]:
    from parris.aws.gateways import Gateways
    from parris.targets.inventory import all_searches, searches_on

    settings = account.settings(execution_arn)
    gateways = Gateways(settings, account)
    if target is None:
        return all_searches(settings, gateways)
    return searches_on(target, settings, gateways)


def _leftover(found: Resource) -> Leftover:
    return {
        "kind": found.kind,
        "id": found.resource_id,
        "state": found.state,
        "console_url": found.console_url,
        "removal_command": found.removal_command,
    }
