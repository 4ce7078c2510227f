"""The ids of the newest runs, for a shell that completes a word while somebody waits."""

from __future__ import annotations

from contextlib import suppress
from threading import Thread
from typing import TYPE_CHECKING, Any

from botocore.config import Config

from parris_cli.account.find_deployment import deployed_machines
from parris_cli.account.session import own_session
from parris_cli.local_runs.find_local import wants_local_runs
from parris_cli.local_runs.local_run import read_local_runs
from parris_cli.terminal.output import print_text

if TYPE_CHECKING:
    from collections.abc import Callable

    from parris_cli.local_runs.local_run import LocalRun

_MOST_SECONDS = 2.0
_PAGE = 100
"""Executions in a response: what fits on a screen, and takes a fraction of a second."""
_QUICK = Config(
    connect_timeout=_MOST_SECONDS, read_timeout=_MOST_SECONDS, retries={"total_max_attempts": 1}
)


def print_newest_ids() -> int:
    """Print the ids of the newest runs, those that are running first; return the exit code.

    Nothing is printed where nothing responds in time: the shell has nothing to offer then, and no
    message belongs into its command line.
    """
    ids: list[str] = []
    # A daemon, since the lookup of a name without network can take longer than any timeout.
    thread = Thread(target=_collect, args=(ids.extend,), daemon=True)
    thread.start()
    thread.join(_MOST_SECONDS)
    if found := [*ids]:
        print_text("\n".join(found))
    return 0


def _collect(add: Callable[[list[str]], object]) -> None:
    if wants_local_runs(None, is_embedded=False):
        add([run.job_id for run in sorted(read_local_runs(), key=_rank, reverse=True)])
        return
    # Whatever AWS or a proxy says instead, there is nothing to offer.
    with suppress(Exception):
        session = own_session()
        for machine_arn in deployed_machines(session.client("cloudformation", config=_QUICK)):
            add(_newest(session.client("stepfunctions", config=_QUICK), machine_arn))


def _rank(local: LocalRun) -> tuple[bool, str]:
    return local.is_running, str(local.entry.get("submitted_at"))


def _newest(client: Any, machine_arn: str) -> list[str]:
    """Return the ids of what runs, however long ago it was started, and of the newest others."""
    page = {"stateMachineArn": machine_arn, "maxResults": _PAGE}
    running = client.list_executions(**page, statusFilter="RUNNING")["executions"]
    newest = client.list_executions(**page)["executions"]
    return [*dict.fromkeys(one["name"] for one in (*running, *newest))]
