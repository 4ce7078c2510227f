from pathlib import Path

import pytest
from moto import mock_aws

from cli.account import Account
from cli.results import download_results
from tests.cli.account import BUCKET, an_account

PREFIX = "jobs/iris/run-1"


def an_account_with(files: dict[str, str]) -> Account:
    account = an_account()
    account.s3.create_bucket(Bucket=BUCKET)
    for key, body in files.items():
        account.s3.put_object(Bucket=BUCKET, Key=key, Body=body.encode())
    return account


def files_in(folder: Path) -> dict[str, str]:
    return {
        str(path.relative_to(folder)): path.read_text()
        for path in folder.rglob("*")
        if path.is_file()
    }


@mock_aws
def test_results_log_and_record_come_into_the_folder(tmp_path: Path) -> None:
    account = an_account_with(
        {
            f"{PREFIX}/results/model.json": "model",
            f"{PREFIX}/results/plots/loss.txt": "loss",
            f"{PREFIX}/log.txt": "log",
            f"{PREFIX}/record.json": "record",
            f"{PREFIX}/machine/job.json": "not for people",
            "jobs/iris/run-10/results/other.json": "another job's",
        }
    )
    assert download_results(account, PREFIX, tmp_path / "out") == 2
    assert files_in(tmp_path / "out") == {
        "model.json": "model",
        "plots/loss.txt": "loss",
        "log.txt": "log",
        "record.json": "record",
    }


@mock_aws
def test_a_scripts_own_log_txt_is_not_written_over(tmp_path: Path) -> None:
    account = an_account_with(
        {f"{PREFIX}/results/log.txt": "the script's", f"{PREFIX}/log.txt": "the runner's"}
    )
    download_results(account, PREFIX, tmp_path / "out")
    assert files_in(tmp_path / "out") == {"log.txt": "the script's"}


@mock_aws
@pytest.mark.parametrize("name", ["../escaped.txt", "a/../../escaped.txt", "/escaped.txt"])
def test_no_result_can_be_written_outside_the_folder(name: str, tmp_path: Path) -> None:
    account = an_account_with({f"{PREFIX}/results/{name}": "gotcha"})
    download_results(account, PREFIX, tmp_path / "out")
    assert "gotcha" not in files_in(tmp_path).values()


@mock_aws
def test_a_job_that_left_nothing_makes_no_folder(tmp_path: Path) -> None:
    account = an_account_with({})
    assert download_results(account, PREFIX, tmp_path / "out") == 0
    assert not (tmp_path / "out").exists()
