"""State TerminateBatchJob: takes the next step of a job's end: save, terminate, remove the rest.

Reads `$.job`, `$.end`, `$.launch`, `$.run`, `$.cleanup` and `$.keep_expired`. Returns `$.cleanup`.
Safe to repeat. May raise NotOursError, MachineStateUnknownError and the Aws errors.
"""

from __future__ import annotations

from parris.entrypoint import lambda_handler
from parris.targets.end_job import run as run

handler = lambda_handler(run)
