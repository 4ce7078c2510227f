"""Brings a job's results, its log and its record from the training bucket to a folder here."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from cli.account import Account

# Beside the results, unless the script has written files of these names itself.
_BESIDE_RESULTS = ("log.txt", "record.json")


def download_results(account: Account, job_prefix: str, folder: Path) -> int:
    """Download and return how many result files there were; no folder is made for none at all.

    Args:
        account: where from.
        job_prefix: the job's folder in the bucket, without a slash at its end.
        folder: where to.
    """
    bucket, results = account.deployment.bucket, f"{job_prefix}/results/"
    keys = _keys_under(account, f"{job_prefix}/")
    wanted = {key.removeprefix(results): key for key in keys if key.startswith(results)}
    count = len(wanted)
    for name in _BESIDE_RESULTS:
        if f"{job_prefix}/{name}" in keys:
            wanted.setdefault(name, f"{job_prefix}/{name}")
    for name, key in wanted.items():
        place = (folder / name).resolve()
        # A key may hold `..`; what a script wrote must not reach outside the folder.
        if not name or name.endswith("/") or not place.is_relative_to(folder.resolve()):
            continue
        place.parent.mkdir(parents=True, exist_ok=True)
        account.s3.download_file(bucket, key, str(place))
    return count


def _keys_under(account: Account, prefix: str) -> list[str]:
    pages = account.s3.get_paginator("list_objects_v2").paginate(
        Bucket=account.deployment.bucket, Prefix=prefix
    )
    return [one["Key"] for page in pages for one in page.get("Contents", [])]
