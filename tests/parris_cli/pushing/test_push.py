"""`parris push`: what changes in the bucket is shown first, then uploaded."""

import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from moto import mock_aws

from parris_cli.main import main
from tests.parris_cli.deployed_account import BUCKET, make_deployment

CONFIG = {
    "training-job-name": "iris",
    "termination-method": "at-fixed-time",
    "termination-options": {"time-limit": 1},
    "training-script-filename": "train.py",
    "instance-type": "c5.large",
    "input-data": ["data"],
    "notify": None,
}


@pytest.fixture
def s3() -> Iterator[Any]:
    with mock_aws():
        yield make_deployment()


@pytest.fixture
def source(tmp_path: Path) -> Path:
    (tmp_path / "train.py").write_text("import helper\nprint(1)\n")
    (tmp_path / "helper.py").write_text("")
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "train.csv").write_text("1,2\n")
    write_config(tmp_path)
    return tmp_path / "job.json"


def write_config(folder: Path, **changes: object) -> None:
    (folder / "job.json").write_text(json.dumps({**CONFIG, **changes}))


def push(source: Path, *arguments: str) -> int:
    return main(["push", str(source), *arguments])


def read(s3: Any, key: str) -> bytes:
    return bytes(s3.get_object(Bucket=BUCKET, Key=key)["Body"].read())


def keys(s3: Any) -> set[str]:
    return {one["Key"] for one in s3.list_objects_v2(Bucket=BUCKET).get("Contents", [])}


def test_without_an_account_no_option_is_named_that_push_does_not_have(
    source: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("AWS_REGION", "AWS_DEFAULT_REGION"):
        monkeypatch.delenv(name, raising=False)
    assert push(source, "--yes") == 1
    said = capsys.readouterr().err
    assert "no AWS Region is set" in said
    assert "With --embedded" not in said


def test_a_config_names_what_was_pushed_with_it(
    s3: Any, source: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert push(source, "--yes") == 0
    said = capsys.readouterr()
    assert "pushed  team/iris/job.json" in said.out
    pushed = json.loads(read(s3, "team/iris/job.json"))
    assert pushed["training-script-filename"] == "team/iris/train.py"
    assert read(s3, "team/iris/train.py") == (source.parent / "train.py").read_bytes()
    assert pushed["code-archive"] in keys(s3)
    (uri,) = pushed["input-data"]
    assert f"{uri.removeprefix(f's3://{BUCKET}/')}train.csv" in keys(s3)
    # A null takes away what the team's own config sets.
    assert pushed["notify"] is None


def test_only_what_changes_is_shown_as_changed(
    s3: Any, source: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    push(source, "--yes")
    capsys.readouterr()
    write_config(source.parent, **{"termination-options": {"time-limit": 2}})
    (source.parent / "train.py").write_text("import helper\nprint(1)\nprint(2)\n")
    assert push(source, "--dry-run") == 0
    said = capsys.readouterr()
    assert "termination-options.time-limit: 1 -> 2" in said.err
    assert "train.py: 1 line added, 0 removed" in said.err
    assert said.out == "nothing was uploaded\n"
    assert json.loads(read(s3, "team/iris/job.json"))["termination-options"] == {"time-limit": 1}


def test_what_is_there_already_is_not_uploaded_again(
    s3: Any, source: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    push(source, "--yes")
    capsys.readouterr()
    # Nothing is to be asked about.
    assert push(source) == 0
    assert "unchanged  team/iris/job.json" in capsys.readouterr().out


def test_without_somebody_to_ask_nothing_is_uploaded(
    s3: Any, source: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("y\n"))
    assert push(source) == 2
    assert "add --yes" in capsys.readouterr().err
    assert keys(s3) == set()


class Terminal(io.StringIO):
    """Standard input at which somebody types."""

    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(("typed", "is_uploaded"), [("y\n", True), ("\n", False), ("", False)])
def test_who_declines_uploads_nothing(
    s3: Any, source: Path, monkeypatch: pytest.MonkeyPatch, typed: str, is_uploaded: bool
) -> None:
    monkeypatch.setattr("sys.stdin", Terminal(typed))
    assert push(source) == 0
    assert ("team/iris/job.json" in keys(s3)) == is_uploaded
    assert bool(keys(s3)) == is_uploaded


def test_programs_learn_what_changed(
    s3: Any, source: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert push(source, "--to", "team/nightly", "--yes", "--json") == 0
    said = json.loads(capsys.readouterr().out)
    assert said["config_key"] == "team/nightly/job.json"
    assert said["is_uploaded"]
    assert [one["change"] for one in said["objects"]] == ["new", "new"]


@pytest.mark.parametrize("folder", ["jobs/x", "machines", "team/../jobs", "/team", "team//x", ""])
def test_a_folder_that_others_own_is_refused(
    s3: Any, source: Path, folder: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert push(source, "--to", folder, "--yes") == (0 if folder == "" else 2)
