"""What a machine itself requests while it trains, per hour: calculated from the runner's intervals.

Its requests are not part of the orchestration, and their number does not depend on it.
"""

import ast
from dataclasses import dataclass
from decimal import Decimal

from embedded_aws.metering.price_sheet import price_sheet
from parris_cli.project_files import PROJECT

LINE_BYTES = 80
_LOGGED_LINES = 3600
_HOUR_SECONDS = 3600


@dataclass(frozen=True, slots=True)
class MachineRequests:
    """One kind of request of a training machine per hour; `usd` is what an hour of them costs."""

    kind: str
    per_hour: int
    usd: Decimal


def machine_requests_per_hour() -> list[MachineRequests]:
    """Return the requests of a script that logs a line a second and changes one result file."""
    beats = _per_hour("runner_heartbeat", "INTERVAL_SECONDS")
    syncs = _per_hour("runner_job", "_DEFAULT_SYNC_INTERVAL_SECONDS")
    sends = _per_hour("runner_cloudwatch", "_SEND_INTERVAL_SECONDS")
    overhead_bytes = int(_constant("runner_cloudwatch", "_EVENT_OVERHEAD_BYTES"))
    logged_bytes = _LOGGED_LINES * (LINE_BYTES + overhead_bytes)
    return [
        MachineRequests("heartbeat: s3:PutObject", beats, _usd_for_objects(beats)),
        MachineRequests(
            f"log, a line of {LINE_BYTES} bytes each second: logs:PutLogEvents, at most",
            sends,
            price_sheet()["log-byte"].usd_for(logged_bytes),
        ),
        MachineRequests(
            "results, one file that changes all the time: s3:PutObject",
            syncs,
            _usd_for_objects(syncs),
        ),
    ]


def polls_of_a_container_per_hour() -> MachineRequests:
    """Return the requests by which a container of AWS Batch finds a stop request."""
    polls = _per_hour("runner_stop_request", "_POLL_SECONDS")
    kind = "in a container of AWS Batch also, poll for a stop request: s3:GetObject"
    return MachineRequests(kind, polls, price_sheet()["s3-get"].usd_for(polls))


def _usd_for_objects(count: int) -> Decimal:
    """Return what creating objects costs, and the event that the bucket sends for each."""
    prices = price_sheet()
    return prices["s3-put-or-list"].usd_for(count) + prices["s3-event"].usd_for(count)


def _per_hour(module: str, name: str) -> int:
    return int(_HOUR_SECONDS / _constant(module, name))


def _constant(module: str, name: str) -> float:
    """Return a number that a module of the runner assigns to a name."""
    tree = ast.parse((PROJECT / "templates" / "runner" / f"{module}.py").read_text("utf-8"))
    for node in tree.body:
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == name:
            return float(ast.literal_eval(node.value))
    raise LookupError(f"{module}.py of the runner assigns no {name}")
