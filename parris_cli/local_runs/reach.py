"""Reaches the embedded AWS of a `parris run --embedded` from other commands in the same folder."""

from __future__ import annotations

from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import boto3
from botocore.config import Config

from parris_cli.account.clients import Account, Deployment
from parris_cli.account.find_deployment import DEFAULT_NAME
from parris_cli.account.session import without_own_account
from parris_cli.aws_errors import AWS_ERRORS
from parris_cli.aws_server.server_environment import read_record, recorded
from parris_cli.local_runs.local_run import HISTORY

if TYPE_CHECKING:
    from collections.abc import Iterator

    from parris_cli.local_runs.local_run import LocalRun
    from parris_cli.local_runs.local_sweep import LocalSweep

# It is on this machine, and no proxy of the shell leads to it.
_CLIENT = Config(proxies={}, retries={"total_max_attempts": 2})


@contextmanager
def reachable(account: Account) -> Iterator[int]:
    """Let other commands of this user reach an embedded AWS inside the block.

    Yields:
        Its port, 0 if what they need cannot be written.
    """
    port = urlsplit(account.environment.get("AWS_ENDPOINT_URL", "")).port or 0
    with ExitStack() as recording:
        if port:
            try:
                recording.enter_context(recorded(HISTORY, port, account.environment))
            except OSError:
                port = 0
        yield port


def account_of(run: LocalRun | LocalSweep) -> Account | None:
    """Return the AWS that runs a job or a sweep, None if there is none, or not any more."""
    known = read_record(HISTORY, run.port) if run.port and run.is_running else None
    if known is None:
        return None

    def make_client(service: str) -> Any:
        with without_own_account():
            session = boto3.Session(
                aws_access_key_id=known["AWS_ACCESS_KEY_ID"],
                aws_secret_access_key=known["AWS_SECRET_ACCESS_KEY"],
                region_name=known["AWS_REGION"],
            )
            return session.client(  # type: ignore[call-overload]
                service, endpoint_url=known["AWS_ENDPOINT_URL"], config=_CLIENT
            )

    try:
        stacks = make_client("cloudformation").describe_stacks(StackName=DEFAULT_NAME)["Stacks"]
    except AWS_ERRORS:
        return None  # it is shutting down
    outputs = {one["OutputKey"]: one["OutputValue"] for one in stacks[0]["Outputs"]}
    # It ends with the command that runs the job, not with this one.
    return Account(make_client, Deployment.from_outputs(outputs), is_embedded=False)
