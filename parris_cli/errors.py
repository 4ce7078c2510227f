"""Errors that are shown to the user as messages, not as tracebacks."""

from parris.reasons import EndReason


class CommandError(Exception):
    """Its message is shown to the user unchanged."""


class RefusedError(CommandError):
    """The job was not started. Correct what the message says and run the command again.

    Args:
        message: what is wrong and what to do.
        reason: CONFIG_REJECTED if the config or the command line is invalid, None if something
            else is wrong.
    """

    def __init__(self, message: str, reason: EndReason | None = EndReason.CONFIG_REJECTED) -> None:
        super().__init__(message)
        self.reason = reason


class NotFollowedError(CommandError):
    """AWS can no longer be queried about a started job; the message says why."""


class InterruptedByUserError(KeyboardInterrupt):
    """The user interrupted twice, or the process received a signal to end: stop following.

    Not an `Exception`, because it may be raised inside a request: the SDK treats every `Exception`
    there as a connection error.
    """
