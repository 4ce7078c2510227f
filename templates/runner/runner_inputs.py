"""Downloads the job's input data before the script starts.

With the `aws` command where there is one, otherwise with the runner's own requests.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from runner_aws import CommandResult, has_aws, retry, run_aws
from runner_download import Download
from runner_http import AwsClient, AwsError


class InputMissingError(Exception):
    """Input data cannot be downloaded. The message says which and why."""


def fetch_inputs(
    uris: list[str], folder: Path, region: str, should_stop: Callable[[], bool]
) -> None:
    """Copy each URI to a separate file or folder in `folder`, named after the last part of the URI.

    Args:
        uris: s3://bucket/key of an object, or s3://bucket/prefix/ of several objects.
        folder: the destination. Repeated names get the suffix -2, -3 and so on.
        region: the Region to try first.
        should_stop: called repeatedly; True ends the download.

    Raises:
        InputMissingError: if a URI has no objects or cannot be read.
    """
    fetch = _fetch if has_aws() else _fetch_with(Download(AwsClient(), region, should_stop))
    taken: set[str] = set()
    for uri in uris:
        if should_stop():
            return
        name = _free_name(uri.rstrip("/").rpartition("/")[2], taken)
        taken.add(name)
        fetch(uri, folder / name, should_stop)


def _free_name(wanted: str, taken: set[str]) -> str:
    name, number = wanted, 1
    while name in taken:
        number += 1
        name = f"{wanted}-{number}"
    return name


def _fetch_with(download: Download) -> Callable[[str, Path, Callable[[], bool]], None]:
    def fetch(uri: str, target: Path, should_stop: Callable[[], bool]) -> None:
        try:
            if not uri.endswith("/") and download.file(uri, target):
                return
            target.unlink(missing_ok=True)
            is_there = download.folder(uri, target) > 0
        except (AwsError, OSError) as error:
            raise InputMissingError(f"input data {uri} cannot be read: {error}") from error
        if not is_there and not should_stop():
            raise InputMissingError(f"input data {uri} has no objects")

    return fetch


def _fetch(uri: str, target: Path, should_stop: Callable[[], bool]) -> None:
    copy = ["s3", "cp", "--only-show-errors"]
    result = CommandResult(False, "", "")
    if not uri.endswith("/"):
        result = run_aws([*copy, uri, str(target)], should_stop=should_stop)
        if result.is_success or should_stop():
            return
    # There is no object with this key: copy everything below it as a folder.
    target.mkdir(parents=True, exist_ok=True)
    sync = ["s3", "sync", "--only-show-errors", f"{uri.rstrip('/')}/", str(target)]

    def attempt() -> CommandResult:
        return run_aws(sync, should_stop=should_stop)

    synced = retry(attempt, (2, 5)) if not should_stop() else attempt()
    if should_stop():
        return
    if not synced.is_success:
        raise InputMissingError(f"input data {uri} cannot be read: {synced.error}")
    if not any(path.is_file() for path in target.rglob("*")):
        raise InputMissingError(f"input data {uri} has no objects {result.error}".rstrip())
