"""State CreateStack: claims the job name for this execution, then starts the launch.

Reads `$.job`, and `$.launch` and `$.run` of an earlier launch. Writes the claim to the jobs
table, then launches. Returns `$.job` with the current offer, `$.launch`, and `$.run` as it is
before the first check of the launch. `$.launch.is_requested` is false while the launch has to wait
for a run or stack that this run replaces, for the removal of a failed launch, or for the time at
which an attempt may begin. Safe to repeat.
May raise JobNameTakenError, ResourceExistsError, SupersededError, StopRequestedError,
DeploymentEndingError, ConfigInvalidError and the Aws errors.
"""

from __future__ import annotations

from parris.entrypoint import lambda_handler
from parris.targets.launch_job import run as run

handler = lambda_handler(run)
