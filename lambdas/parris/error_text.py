"""Errors of functions and states as sentences for people."""

from __future__ import annotations

import json

from parris import errors
from parris.payloads import Payload

_FAILED = "a step of the workflow failed"
_IN_WORDS = {
    errors.AwsThrottledError.__name__: "AWS throttled a call for longer than it is repeated",
    errors.AwsUnavailableError.__name__: "AWS did not answer a call for longer than it is repeated",
    errors.AwsDeniedError.__name__: "a role lacks a permission",
    "States.Timeout": "a step of the workflow took too long",
    "Sandbox.Timedout": "a function took too long",
    "Lambda.ClientExecutionTimeoutException": "a function did not answer in time",
}


def error_name(error: Payload) -> str | None:
    """Return the name of a caught error, such as `JobNameTakenError`; None without one."""
    return str(error["Error"]) if error.get("Error") else None


def error_text(error: Payload) -> str:
    """Return a caught error as a sentence without a full stop. A name that we do not know is last.

    Args:
        error: with the `Error` and the `Cause` that Step Functions gives to a Catch.
    """
    name, message = error_name(error) or "", message_in(str(error.get("Cause", "")))
    if name in _IN_WORDS:
        return ": ".join(filter(None, (_IN_WORDS[name], message)))
    if message and hasattr(errors, name):
        return message
    text = ": ".join(filter(None, (_FAILED, message)))
    return f"{text} ({name})" if name else text


def message_in(cause: str) -> str:
    """Return the message in the error of a function, which is JSON, or else the unchanged text."""
    try:
        details = json.loads(cause)
    except ValueError:
        return cause
    message = details.get("errorMessage") if isinstance(details, dict) else None
    return message if isinstance(message, str) else cause
