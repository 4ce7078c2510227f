"""Makes a stack's operation take as long as on AWS."""

from datetime import datetime

from embedded_aws.context import Context


def sleep_until(context: Context, started_at: datetime, seconds: float) -> bool:
    """Sleep until `seconds` after `started_at`; return False when the embedded AWS has stopped."""
    elapsed_seconds = (context.clock.now() - started_at).total_seconds()
    if elapsed_seconds < seconds:
        context.sleep(seconds - elapsed_seconds)
    return not context.is_closing.is_set()
