"""Ends everything in an embedded AWS, so that nothing of it reaches the next one."""

import time
import warnings
from contextlib import suppress

from embedded_aws.context import Context
from embedded_aws.executions import stop_all_executions

_ROUND_SECONDS = 0.05
_LONGEST_SECONDS = 30.0


def close(context: Context) -> None:
    """End everything, and return when no work is left.

    Warns:
        ResourceWarning: when something does not end; it is left alone, and finds no AWS.
    """
    context.begin_closing()
    ends_at = time.monotonic() + _LONGEST_SECONDS
    while True:
        # Repeatedly: what was starting when this began exists only now.
        with suppress(RuntimeError):  # a running request changes what is iterated over
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
