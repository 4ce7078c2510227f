"""Errors that are shown to a person as messages, not as tracebacks."""

from parris.reasons import EndReason


class CommandError(Exception):
    """Its message is meant for people as it is."""


class RefusedError(CommandError):
    """The job was not started. Mend what the message says and run the command again.

    Args:
        message: what is wrong and what to do.
        reason: CONFIG_REJECTED where the config or the command line is at fault, None where
            something else is.
    """

    def __init__(self, message: str, reason: EndReason | None = EndReason.CONFIG_REJECTED) -> None:
        super().__init__(message)
        self.reason = reason


class NotFollowedError(CommandError):
    """AWS can no longer be asked about a job that was started; the message says why."""


class InterruptedByUserError(KeyboardInterrupt):
    """The person asked twice to end, or the process was told to: follow no further.

    No `Exception`, since it may come in the middle of a request: the SDK takes every one of those
    for a fault of the connection.
    """
