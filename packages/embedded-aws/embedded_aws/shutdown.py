"""End what runs in an embedded AWS, so that the next one of this process has nothing of it."""

import time
import warnings
from contextlib import suppress

from embedded_aws.context import Context
from embedded_aws.executions import stop_all_executions

_ROUND_SECONDS = 0.05
_LONGEST_SECONDS = 30.0


def close(context: Context) -> None:
    """End everything, and return when nobody is at work any more.

    Warns:
        ResourceWarning: when something will not end; it is left alone, and finds no AWS.
    """
    context.begin_closing()
    ends_at = time.monotonic() + _LONGEST_SECONDS
    while True:
        # More than once: what was being started when this began is there only now.
        with suppress(RuntimeError):  # a request that goes on changes what is gone through
            stop_all_executions()
        context.closers.close()
        context.clock.let_go()
        left = context.await_rest(_ROUND_SECONDS)
        if not left:
            break
        if time.monotonic() > ends_at:
            message = f"the embedded AWS has closed, but there is still at work: {left}"
            warnings.warn(message, ResourceWarning, stacklevel=2)
            break
    context.closers.close()
