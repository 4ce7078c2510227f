"""A training bucket with the files of one job: moto's, in this process."""

import io
from pathlib import Path

from parris_cli.account.clients import Account
from parris_cli.downloads.download import Download, download_results
from parris_cli.downloads.job_places import JobPlaces
from parris_cli.terminal.screen import Screen
from tests.parris_cli.sample_account import BUCKET, an_account

PREFIX = "jobs/iris/run-1"
PLACES = JobPlaces(BUCKET, PREFIX, PREFIX)


def an_account_with(files: dict[str, str]) -> Account:
    account = an_account()
    account.s3.create_bucket(Bucket=BUCKET)
    for key, body in files.items():
        account.s3.put_object(Bucket=BUCKET, Key=key, Body=body.encode())
    return account


def results(files: dict[str, str]) -> dict[str, str]:
    return {f"{PREFIX}/results/{name}": body for name, body in files.items()}


def download(account: Account, folder: Path) -> Download:
    return download_results(account, PLACES, folder, Screen(io.StringIO()))


def files_in(folder: Path) -> dict[str, str]:
    return {
        str(path.relative_to(folder)): path.read_text()
        for path in folder.rglob("*")
        if path.is_file()
    }
