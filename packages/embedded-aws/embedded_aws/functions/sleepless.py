"""Runs first in a function's process under a virtual clock: its sleeps take no real time.

A sleep is reported to the Runtime API instead, which counts it towards the function's timeout and
duration. Most sleeps are waits of the function's SDK before a retry.
"""

import os
import time


def _tell(seconds: float) -> None:
    import http.client  # a function that never sleeps may never need it

    connection = http.client.HTTPConnection(os.environ["AWS_LAMBDA_RUNTIME_API"])
    connection.request("POST", "/sleep", str(seconds))
    connection.getresponse().read()
    connection.close()


time.sleep = _tell  # type: ignore[assignment]  # accepts anything that can be a float
