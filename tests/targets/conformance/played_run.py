"""A run as the state machine drives it, from function to function."""

from typing import Any

import confirm_ended
import create_stack
import record_outcome
import stop_or_delete_stack
from embedded_aws import EmbeddedAws
from parris.entrypoint import Deps
from parris.job import Job
from parris.payloads import Payload, part_of
from parris.termination.ending import Ending
from parris.timestamps import parse_timestamp
from tests.handlers.conftest import put_json
from tests.handlers.test_ending import NOW, running, until

MOST_STEPS = 5


def trained(deps: Deps, job: Job) -> dict[str, Any]:
    """Launch as the states do, until it runs."""
    state: dict[str, Any] = {"job": job.to_payload()}
    state |= create_stack.run({"state": state, "now": NOW}, deps)
    state["run"] = running(deps, state)
    return state


def start_runner(state: dict[str, Any], aws: EmbeddedAws) -> None:
    """Write what a runner writes when its script starts."""
    put_json(aws, f"{state['run']['machine_prefix']}/started.json", {})


def report_saved_results(state: dict[str, Any], aws: EmbeddedAws) -> None:
    """Write what a runner writes last, when all its results are in the bucket."""
    report = {
        "ended_by": "signal",
        "exit_status": 0,
        "signal": None,
        "ended_at": NOW,
        "last_log_lines": [],
        "results": {"complete": True},
        "is_final": True,
    }
    put_json(aws, f"{state['run']['machine_prefix']}/exit.json", report)


def first_step(deps: Deps, state: dict[str, Any]) -> str:
    """Return the step with which the job would end now. Changes nothing."""
    job = Job.from_state(state)
    return (
        deps.target(job.target).plan_end(job, Ending.from_state(state, parse_timestamp(NOW))).step
    )


def ended(deps: Deps, state: dict[str, Any], now: str = NOW) -> list[str]:
    """Go through the end as the states do; return its steps. `confirmed` has the last check."""
    steps: list[str] = []
    state.setdefault("end", {"reason": "ABORTED", "decided_at": now})
    while True:
        state["cleanup"] = stop_or_delete_stack.run({"state": state, "now": now}, deps)
        steps.append(str(state["cleanup"]["step"]))
        state["confirmed"] = until(
            lambda: confirm_ended.run({"state": state, "now": now}, deps),
            "state",
            "ended",
            "end-again",
            "failed",
        )
        if state["confirmed"]["state"] != "end-again" or len(steps) > MOST_STEPS:
            return steps


def recorded(deps: Deps, state: dict[str, Any]) -> Payload:
    """Write the record of the end and return the outcome."""
    return part_of(record_outcome.run({"state": state, "now": NOW}, deps), "outcome")
