"""Downloads the results of an earlier attempt, from which the script can continue."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from runner_aws import CommandResult, has_aws, retry, run_aws
from runner_credentials import Credentials, FixedCredentials
from runner_download import Download
from runner_http import AwsClient, AwsError
from runner_inputs import InputMissingError


def fetch_earlier_results(
    resume: dict[str, Any], folder: Path, region: str, should_stop: Callable[[], bool]
) -> None:
    """Copy the results of an earlier attempt to a folder.

    Args:
        resume: `resume` of job.json; its credentials read these results only.
        folder: the destination.
        region: the Region to try first.
        should_stop: called repeatedly; True ends the download.

    Raises:
        InputMissingError: if they cannot be read. Starting from nothing instead would be billed in
            full.
    """
    folder.mkdir(parents=True, exist_ok=True)
    copy = _copy_with_aws if has_aws() else _copy
    problem = copy(resume, folder, region, should_stop)
    if problem and not should_stop():
        number = resume["attempt"]
        raise InputMissingError(f"the results of attempt {number} cannot be read: {problem}")


def _copy(
    resume: dict[str, Any], folder: Path, region: str, should_stop: Callable[[], bool]
) -> str:
    found = resume["credentials"]
    given = Credentials(
        str(found["access_key_id"]),
        str(found["secret_access_key"]),
        str(found["session_token"]),
        float("inf"),
    )
    client = AwsClient(FixedCredentials(given))
    try:
        Download(client, region, should_stop).folder(str(resume["uri"]), folder)
    except (AwsError, OSError) as error:
        return str(error)
    return ""


def _copy_with_aws(
    resume: dict[str, Any], folder: Path, region: str, should_stop: Callable[[], bool]
) -> str:
    found = resume["credentials"]
    variables = {
        "AWS_ACCESS_KEY_ID": str(found["access_key_id"]),
        "AWS_SECRET_ACCESS_KEY": str(found["secret_access_key"]),
        "AWS_SESSION_TOKEN": str(found["session_token"]),
    }
    sync = ["s3", "sync", "--only-show-errors", str(resume["uri"]), str(folder)]

    def attempt() -> CommandResult:
        return run_aws(sync, should_stop=should_stop, variables=variables)

    result = retry(attempt, (2, 5)) if not should_stop() else attempt()
    return "" if result.is_success else result.error or "the copy failed"
