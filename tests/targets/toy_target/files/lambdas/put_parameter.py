"""State PutParameter: claims the job's name for this execution, then makes its parameter.

Reads `$.job`, and `$.launch` and `$.run` of an attempt before. Answers `$.job` and `$.launch`. Safe
to ask again. May raise what CreateStack may.
"""

from __future__ import annotations

from parris.entrypoint import lambda_handler
from parris.targets.launch_job import run as run

handler = lambda_handler(run)
