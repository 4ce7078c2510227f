"""State StopOrDeleteStack: sets the next step of the end going, as `on-termination` says.

Reads `$.job`, `$.stack` and `$.cleanup`, each but the first where there is one. Stops the instance
so that it saves, then deletes the stack; only what carries this execution's tag. Answers
`$.cleanup`. Safe to ask again. May raise NotOursError, MachineStateUnknownError and the Aws errors.
"""

from __future__ import annotations

from parris.ending import EndStep
from parris.entrypoint import Deps, lambda_handler
from parris.job import Job
from parris.payloads import Payload, maybe_text_in, part_of


def run(event: Payload, deps: Deps) -> Payload:
    """Return which step was set going."""
    state = part_of(event, "state")
    job = Job.from_payload(part_of(state, "job"))
    launch_id = maybe_text_in(part_of(state, "stack"), "launch_id")
    last_step = maybe_text_in(part_of(state, "cleanup"), "step")
    step = deps.target(job.target).end(
        job, launch_id, None if last_step is None else EndStep(last_step)
    )
    return {"step": step}


handler = lambda_handler(run)
