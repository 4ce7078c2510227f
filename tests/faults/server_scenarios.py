"""The runs on training servers: their calls, and their states once more, are rows of the matrix."""

from typing import Any

from tests.faults.scenario import FAILING, LIMIT, LONG, Scenario, Visit

_ENDERS = ("ReleaseServer", "ConfirmEnded")
# Each job has a server of its own, so that what strikes it strikes no other one.
_LIMITED: dict[str, Any] = {
    **LIMIT,
    "target": "ec2-server",
    "training-script-filename": "trainer-script.sh",
}

ON_SERVERS = (
    Scenario("server-completed", "COMPLETED", _LIMITED),
    Scenario(
        "server-stopped",
        "ABORTED",
        _LIMITED,
        training=LONG,
        visit=Visit.STOP_EXECUTION,
        new_from=_ENDERS,
    ),
    Scenario("server-failed", "SCRIPT_FAILED", _LIMITED, training=FAILING),
    Scenario("server-time-limit", "TIME_LIMIT", _LIMITED, training=LONG),
    Scenario("server-stop-requested", "ABORTED", _LIMITED, training=LONG, visit=Visit.REQUEST_STOP),
    # By hand, in the console.
    Scenario(
        "server-stopped-by-hand",
        "INSTANCE_LOST",
        _LIMITED,
        training=LONG,
        visit=Visit.STOP_MACHINE,
    ),
)
