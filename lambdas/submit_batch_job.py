"""State SubmitBatchJob: claims the job's name for this execution, then submits its Batch job.

Reads `$.job`, and `$.launch` and `$.run` of a previous attempt. Returns `$.job`, `$.launch` and the
first `$.run`. `$.launch.is_requested` is false while the name has to be awaited, and after a
refusal for which the next offer is tried. Safe to repeat.
May raise JobNameTakenError, SupersededError, StopRequestedError, DeploymentEndingError,
ConfigInvalidError, ResourceExistsError, CapacityUnavailableError, QuotaError, LaunchFailedError and
the Aws errors.
"""

from __future__ import annotations

from parris.entrypoint import lambda_handler
from parris.targets.launch_job import run as run

handler = lambda_handler(run)
