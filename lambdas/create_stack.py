"""State CreateStack: claims the job's name for this execution, then starts the launch.

Reads `$.job`, and `$.launch` and `$.run` of an attempt before. Writes the claim into the jobs
table, then launches. Answers `$.job`, on the machine that is
tried now, and `$.launch`; `is_requested` is false while something is still in the way: a run or
stack that this one replaces, or what a failed attempt left. Safe to ask again.
May raise JobNameTakenError, ResourceExistsError, SupersededError, DeploymentEndingError,
ConfigInvalidError and the Aws errors.
"""

from __future__ import annotations

from parris.entrypoint import lambda_handler
from parris.targets.launch_job import run as run

handler = lambda_handler(run)
