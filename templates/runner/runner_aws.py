"""The `aws` command, which fetches input data and is the fallback for writing exit.json."""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass

_POLL_SECONDS = 0.1
_KILL_WAIT_SECONDS = 5


@dataclass(frozen=True)
class CommandResult:
    """The result of one run of the command."""

    is_success: bool
    output: str
    error: str


def has_aws() -> bool:
    """Return whether this machine has the command; a container may not."""
    return shutil.which("aws") is not None


def never() -> bool:
    """Return False: there is no stop request."""
    return False


def run_aws(
    arguments: list[str],
    timeout_seconds: float | None = None,
    should_stop: Callable[[], bool] = never,
    text: str | None = None,
    variables: dict[str, str] | None = None,
) -> CommandResult:
    """Run `aws` with these arguments.

    Args:
        arguments: the arguments after `aws`.
        timeout_seconds: after which the command is ended; None waits without limit.
        should_stop: called repeatedly; True ends the command.
        text: standard input.
        variables: environment variables of the command, such as other credentials.

    Returns:
        The result; a command that was ended, or could not start, is not a success.
    """
    environment = {**os.environ, "AWS_PAGER": "", "AWS_MAX_ATTEMPTS": "5"}
    environment["AWS_DEFAULT_OUTPUT"] = "json"
    environment.update(variables or {})
    try:
        process = subprocess.Popen(
            ["aws", *arguments],
            stdin=subprocess.DEVNULL if text is None else subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=environment,
            text=True,
            encoding="utf-8",
            errors="replace",
        )
    except OSError as error:
        return CommandResult(False, "", f"the aws command cannot be run: {error}")
    ends_at = None if timeout_seconds is None else time.monotonic() + timeout_seconds
    given = text
    while True:
        try:
            output, error_text = process.communicate(given, timeout=_POLL_SECONDS)
            return CommandResult(process.returncode == 0, output, error_text.strip())
        except subprocess.TimeoutExpired:
            given = None  # already written
            is_late = ends_at is not None and time.monotonic() > ends_at
            if is_late or should_stop():
                _end(process)
                return CommandResult(
                    False, "", "took too long" if is_late else "a stop was requested"
                )


def retry(
    attempt: Callable[[], CommandResult], waits_seconds: tuple[float, ...] = (1, 3, 8, 15)
) -> CommandResult:
    """Return the first success, or the last failure after all attempts."""
    result = attempt()
    for wait_seconds in waits_seconds:
        if result.is_success:
            break
        time.sleep(wait_seconds)
        result = attempt()
    return result


def put_text(text: str, uri: str, timeout_seconds: float) -> CommandResult:
    """Write a string as an object."""
    return run_aws(["s3", "cp", "--only-show-errors", "-", uri], timeout_seconds, text=text)


def _end(process: subprocess.Popen[str]) -> None:
    process.terminate()
    try:
        process.communicate(timeout=_KILL_WAIT_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.communicate()
