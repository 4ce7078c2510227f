import dataclasses
import errno
import io
import json
import os
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from moto import mock_aws

from parris_cli.account.clients import Account
from parris_cli.downloads.download import Download, download_results
from parris_cli.downloads.fetch_file import part_name
from parris_cli.downloads.local_names import Skipped
from parris_cli.downloads.report import download_lines, download_to_json
from parris_cli.errors import InterruptedByUserError
from parris_cli.terminal.progress import Progress
from parris_cli.terminal.screen import Screen
from tests.parris_cli.downloads.bucket import (
    PLACES,
    PREFIX,
    an_account_with,
    download,
    files_in,
    results,
)
from tests.parris_cli.sample_account import BUCKET


@mock_aws
def test_results_log_and_record_come_into_the_folder(tmp_path: Path) -> None:
    account = an_account_with(
        {
            f"{PREFIX}/results/model.json": "model",
            f"{PREFIX}/results/plots/loss.txt": "loss",
            f"{PREFIX}/results/empty": "",
            f"{PREFIX}/log.txt": "log",
            f"{PREFIX}/record.json": "record",
            f"{PREFIX}/machine/job.json": "not for people",
            "jobs/iris/run-10/results/other.json": "another job's",
        }
    )
    found = download(account, tmp_path / "out")
    assert (found.count, found.total_count, found.size_bytes) == (3, 3, 9)
    assert (found.skipped, found.renamed, found.is_complete) == ((), (), True)
    assert files_in(tmp_path / "out") == {
        "model.json": "model",
        "plots/loss.txt": "loss",
        "empty": "",
        "log.txt": "log",
        "record.json": "record",
    }


@mock_aws
@pytest.mark.parametrize("name", ["log.txt", "log.txt/part-1", "LOG.TXT"])
def test_a_scripts_own_log_txt_is_not_written_over(name: str, tmp_path: Path) -> None:
    files = {**results({name: "the script's"}), f"{PREFIX}/log.txt": "the runner's"}
    found = download(an_account_with(files), tmp_path / "out")
    assert files_in(tmp_path / "out") == {name: "the script's"}
    assert [one.name for one in found.skipped] == ["log.txt"]
    assert f"s3://{BUCKET}/{PREFIX}/log.txt" in found.skipped[0].why


@mock_aws
@pytest.mark.parametrize(
    "name", ["../escaped.txt", "a/../../escaped.txt", "/escaped.txt", "..", "a//b", "/log.txt"]
)
def test_no_result_can_be_written_outside_the_folder(name: str, tmp_path: Path) -> None:
    files = {**results({name: "gotcha", "good": "fine"}), f"{PREFIX}/log.txt": "log"}
    found = download(an_account_with(files), tmp_path / "out")
    assert files_in(tmp_path) == {"out/good": "fine", "out/log.txt": "log"}
    assert [one.name for one in found.skipped] == [name]


@mock_aws
def test_names_that_clash_or_are_too_long_arrive_under_others(tmp_path: Path) -> None:
    long = "x" * 300
    files = {"a": "file", "a/b": "below", long: "long", f"{long}/deep": "deep"}
    found = download(an_account_with(results(files)), tmp_path / "out")
    assert (found.count, found.skipped) == (4, ())
    assert sorted(files_in(tmp_path / "out").values()) == sorted(files.values())
    assert {name for name, _ in found.renamed} == {"a", long, f"{long}/deep"}


@mock_aws
def test_a_name_that_the_runner_encoded_is_decoded_where_that_is_safe(tmp_path: Path) -> None:
    long, cut = "y" * 200 + "/" + "z" * 200, "y" * 200 + "~0123"
    names = {
        cut: long,
        "a%0Ab": "a%0Ab",
        "bytes%FF": "bytes%FF",
        "100%25": "100%25",
        "out%2E": "../../outside",
        "nul%00": "nul%00",
        "forged": 5,
    }
    files = results({name: name for name in [*names, "plain%41"]})
    files[f"{PREFIX}/results-names.json"] = json.dumps(names)
    found = download(an_account_with(files), tmp_path / "out")
    assert (found.count, found.skipped) == (8, ())
    assert set(files_in(tmp_path / "out")) == {
        *(long, "a%0Ab", "bytes%FF", "100%", "out%2E", "nul%00", "5", "plain%41"),
        "results-names.json",
    }
    assert not (tmp_path / "outside").exists()


@mock_aws
@pytest.mark.parametrize("listed", ["", "[]", "{", '{"a": {"b": 1}}', "[" * 100_000])
def test_a_list_of_names_that_is_none_changes_nothing(tmp_path: Path, listed: str) -> None:
    files = {**results({"a%0A": "1"}), f"{PREFIX}/results-names.json": listed}
    download(an_account_with(files), tmp_path)
    assert files_in(tmp_path) == {"a%0A": "1", "results-names.json": listed}


def test_a_long_name_is_shown_without_its_middle() -> None:
    key, place = f"{'k' * 900}/model.bin", f"{'k' * 255}/model.bin"
    found = Download(Path("out"), "s3://b/", 1, 1, skipped=(Skipped(key, "why"),))
    found = dataclasses.replace(found, renamed=((key, place),))
    _, skipped, renamed = download_lines(found)
    assert skipped == f"  skipped  {'k' * 37}...{'k' * 10}/model.bin: why"
    shown = f"{'k' * 37}...{'k' * 10}/model.bin"
    assert renamed == f"  renamed  {shown} is {shown}"
    assert download_to_json(found)["results_renamed"] == {key: place}


@mock_aws
def test_existing_files_that_block_a_result_are_kept_and_listed(tmp_path: Path) -> None:
    out, elsewhere = tmp_path / "out", tmp_path / "elsewhere"
    (out / "model").mkdir(parents=True)
    (out / "file").write_text("mine")
    elsewhere.mkdir()
    (out / "plots").symlink_to(elsewhere)
    (elsewhere / "target").write_text("untouched")
    (out / "link").symlink_to(elsewhere / "target")
    names = {"model": "1", "file/below": "2", "plots/loss": "3", "link": "4", "good": "5"}
    found = download(an_account_with(results(names)), out)
    assert {one.name for one in found.skipped} == {"model", "file/below", "plots/loss"}
    assert files_in(elsewhere) == {"target": "untouched"}
    assert (out / "link").read_text() == "4"
    assert not (out / "link").is_symlink()
    assert (out / "good").read_text() == "5"
    assert found.count == 2


@mock_aws
def test_what_is_here_already_is_not_downloaded_again(tmp_path: Path) -> None:
    account = an_account_with(results({"one": "1", "two": "2"}))
    assert download(account, tmp_path).fetched_count == 2
    assert download(account, tmp_path).fetched_count == 0
    (tmp_path / "one").write_text("x")
    os.utime(tmp_path / "one", (1, 1))
    (tmp_path / "two").unlink()
    again = download(account, tmp_path)
    assert (again.fetched_count, again.count) == (2, 2)
    assert files_in(tmp_path) == {"one": "1", "two": "2"}


@mock_aws
def test_a_partial_file_is_resumed_unless_the_version_differs(tmp_path: Path) -> None:
    account = an_account_with(results({"model": "0123456789"}))
    etag = account.s3.head_object(Bucket=BUCKET, Key=f"{PREFIX}/results/model")["ETag"]
    (tmp_path / part_name("model", etag)).write_text("ABCD")
    (tmp_path / part_name("model", '"other"')).write_text("zz")
    download(account, tmp_path)
    assert (tmp_path / "model").read_text() == "ABCD456789"


@mock_aws
def test_a_job_that_left_nothing_makes_no_folder(tmp_path: Path) -> None:
    found = download(an_account_with({}), tmp_path / "out")
    assert (found.count, found.is_complete) == (0, True)
    assert not (tmp_path / "out").exists()


def on_chunk(account: Account, happen: Any) -> None:
    """Let something happen whenever a piece of an object is about to be read."""

    def after_call(parsed: Any, **_: Any) -> None:
        body = parsed.get("Body")
        if body is None:
            return
        read = body.read
        body.read = lambda amt=None: happen(read, amt)

    account.s3.meta.events.register("after-call.s3.GetObject", after_call)


@mock_aws
@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EROFS])
def test_a_full_folder_stops_the_download_and_is_reported(tmp_path: Path, code: int) -> None:
    account = an_account_with(results({f"{number}": "x" for number in range(40)}))

    def fail(*_: Any) -> bytes:
        raise OSError(code, os.strerror(code))

    on_chunk(account, fail)
    found = download(account, tmp_path)
    assert os.strerror(code) in found.problem
    assert (found.count, found.total_count, found.is_complete) == (0, 40, False)


@mock_aws
def test_a_folder_that_is_a_file_stops_the_download_and_is_reported(tmp_path: Path) -> None:
    (tmp_path / "out").write_text("mine")
    found = download(an_account_with(results({"a": "1"})), tmp_path / "out")
    assert "File exists" in found.problem
    assert (tmp_path / "out").read_text() == "mine"


@mock_aws
def test_a_connection_that_breaks_once_is_taken_up_where_it_broke(tmp_path: Path) -> None:
    account = an_account_with(results({"model": "x" * 1_000_000}))
    breaks = [ConnectionBroken("reset")]

    def break_once(read: Any, amt: int) -> bytes:
        data: bytes = read(amt)
        if not data or not breaks:
            return data
        breaks.pop()
        raise_broken()
        return b""

    on_chunk(account, break_once)
    found = download(account, tmp_path)
    assert found.is_complete
    assert (tmp_path / "model").read_text() == "x" * 1_000_000


class ConnectionBroken(Exception):
    pass


def raise_broken() -> None:
    from urllib3.exceptions import ProtocolError

    raise ProtocolError("Connection broken: reset")


@mock_aws
def test_an_interruption_reports_the_progress(tmp_path: Path) -> None:
    account = an_account_with(results({f"{number}": "x" for number in range(40)}))

    class LosesPatience(Screen):
        def show_status(
            self, status: Progress, at_seconds: float, table: Sequence[str] = ()
        ) -> None:
            if not status.remark.startswith("0 of"):
                raise InterruptedByUserError

    found = download_results(account, PLACES, tmp_path, LosesPatience(io.StringIO()))
    assert found.is_interrupted
    assert 0 < found.count < 40
    rest = download(account, tmp_path)
    assert (rest.count, rest.is_complete) == (40, True)
    assert not list(tmp_path.glob("*.part"))


@mock_aws
def test_progress_is_reported_in_files_and_bytes(tmp_path: Path) -> None:
    stream = io.StringIO()
    account = an_account_with(results({"a": "x" * 3_000_000, "b": "y"}))
    download_results(account, PLACES, tmp_path, Screen(stream, quiet_seconds=0))
    assert f"downloading  2 results (3.0 MB) to {tmp_path}" in stream.getvalue()
    assert re.search(r"downloading: [\d.]+ .?B of 3\.0 MB, \d of 2 files", stream.getvalue())


@mock_aws
def test_the_size_told_is_that_of_all_files_that_are_named(tmp_path: Path) -> None:
    stream = io.StringIO()
    account = an_account_with(results({"a": "y"}) | {PLACES.log_key: "x" * 3_000_000})
    download_results(account, PLACES, tmp_path, Screen(stream, quiet_seconds=0))
    assert f"downloading  1 result + log.txt (3.0 MB) to {tmp_path}" in stream.getvalue()
