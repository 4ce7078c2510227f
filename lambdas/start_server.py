"""State StartServer: claims the job's name, takes the lease of its server, and starts the server.

Reads `$.job`, and `$.launch` and `$.run` of a previous attempt, or of a run that has waited in the
queue of the server and has it now. Returns `$.job`, `$.launch` and the first `$.run`.
`$.launch.is_requested` is false while the name has to be awaited, and after a refusal for which the
next offer is tried. Safe to repeat.
May raise JobNameTakenError, SupersededError, StopRequestedError, DeploymentEndingError,
ResourceBusyError and the Aws errors.
"""

from __future__ import annotations

from parris.entrypoint import lambda_handler
from parris.targets.launch_job import run as run

handler = lambda_handler(run)
