"""State StopOrDeleteStack: starts the next step of the end, as `on-termination` says.

Reads `$.job`, `$.end`, `$.launch`, `$.run`, `$.cleanup` and `$.keep_expired`, of which two are
required. Before anything is ended, it records in the job's item how the job ends and until
when resources are kept, and marks these resources. Then it stops the instance so that it saves, and
deletes the stack. It only touches resources with this execution's tag. Returns `$.cleanup`. Safe to
repeat. May raise NotOursError, MachineStateUnknownError and the Aws errors.
"""

from __future__ import annotations

from parris.entrypoint import lambda_handler
from parris.targets.end_job import run as run

handler = lambda_handler(run)
