"""State DeleteParameter: takes the next step of the end: save, keep, release, delete.

Reads `$.job`, `$.end`, `$.launch`, `$.run`, `$.cleanup` and `$.keep_expired`. Answers `$.cleanup`.
Safe to ask again. May raise the Aws errors.
"""

from __future__ import annotations

from parris.entrypoint import lambda_handler
from parris.targets.end_job import run as run

handler = lambda_handler(run)
