"""State ReleaseServer: takes the next step of a job's end: save, end the rest, stop, release.

Reads `$.job`, `$.end`, `$.launch`, `$.run`, `$.cleanup` and `$.keep_expired`. Returns `$.cleanup`.
A server that is released goes to the first run in its queue, which is woken. Safe to repeat. May
raise MachineStateUnknownError and the Aws errors.
"""

from __future__ import annotations

from parris.entrypoint import lambda_handler
from parris.targets.end_job import run as run

handler = lambda_handler(run)
