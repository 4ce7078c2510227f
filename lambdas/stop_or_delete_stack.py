"""State StopOrDeleteStack: sets the next step of the end going, as `on-termination` says.

Reads `$.job`, `$.end`, `$.launch`, `$.run`, `$.cleanup` and `$.keep_expired`, each but the first
two where there is one. Notes in the job's item how it ends and until when something is kept, before
anything is ended; marks what is kept; stops the instance so that it saves, then deletes the stack;
only what carries this execution's tag. Answers `$.cleanup`. Safe to ask again. May raise
NotOursError, MachineStateUnknownError and the Aws errors.
"""

from __future__ import annotations

from parris.entrypoint import lambda_handler
from parris.targets.end_job import run as run

handler = lambda_handler(run)
