"""Input data on the person's own disk."""

import os
from pathlib import Path

import pytest

from parris.payloads import Payload
from parris_cli.errors import RefusedError
from parris_cli.packing.plan_inputs import LocalInput, plan_inputs
from parris_cli.packing.upload_inputs import estimated_inputs


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "data" / "deep").mkdir(parents=True)
    (tmp_path / "data" / "train.csv").write_text("1,2")
    (tmp_path / "data" / "deep" / "test.csv").write_text("3")
    return tmp_path


def planned(root: Path, *entries: str) -> tuple[LocalInput, ...]:
    config: Payload = {"input-data": list(entries)}
    return plan_inputs(root / "job.json", config)


def test_a_path_is_relative_to_the_config_and_a_uri_is_no_path(root: Path) -> None:
    folder, file = planned(root, "s3://bucket/x/", "data/", "data/train.csv")
    assert [one.name for one in folder.files] == ["deep/test.csv", "train.csv"]
    assert folder.uri("bucket", "d1") == "s3://bucket/inputs/d1/data/"
    assert file.uri("bucket", "d2") == "s3://bucket/inputs/d2/train.csv"
    assert (folder.size_bytes, file.size_bytes) == (4, 3)


def test_entries_keep_their_places(root: Path) -> None:
    config: Payload = {"input-data": ["s3://bucket/x/", str(root / "data"), "s3://b/y"]}
    inputs = plan_inputs(root / "elsewhere.json", config)
    assert estimated_inputs(config, inputs, "bucket") == {
        "input-data": ["s3://bucket/x/", "s3://bucket/inputs/local/data/", "s3://b/y"]
    }
    assert estimated_inputs({"input-data": ["s3://b/y"]}, (), "bucket") == {}


def test_channels_may_be_local_too_and_keep_their_other_keys(root: Path) -> None:
    config: Payload = {
        "input-channels": {
            "_comment": "data/none",
            "train": "data",
            "test": {"uri": "data/train.csv", "content-type": "text/csv"},
            "far": "s3://bucket/x/",
        }
    }
    inputs = plan_inputs(root / "job.json", config)
    assert estimated_inputs(config, inputs, "bucket") == {
        "input-channels": {
            "_comment": "data/none",
            "train": "s3://bucket/inputs/local/data/",
            "test": {"uri": "s3://bucket/inputs/local/train.csv", "content-type": "text/csv"},
            "far": "s3://bucket/x/",
        }
    }
    with pytest.raises(RefusedError, match=r"input-channels/train: .*neither a URI"):
        plan_inputs(root / "job.json", {"input-channels": {"train": "missing"}})


def test_the_digest_is_that_of_names_and_contents(root: Path) -> None:
    def digest() -> str:
        return planned(root, "data")[0].digest()

    before = digest()
    os.utime(root / "data" / "train.csv", (1, 1))
    assert digest() == before
    (root / "data" / "train.csv").write_text("1,3")
    changed = digest()
    (root / "data" / "train.csv").rename(root / "data" / "b.csv")
    assert len({before, changed, digest()}) == 3


@pytest.mark.parametrize("entry", ["missing", "data/none.csv", "https"])
def test_what_is_not_there_is_refused_with_both_ways(root: Path, entry: str) -> None:
    with pytest.raises(RefusedError, match=r"input-data/0: .*neither a URI such as s3://"):
        planned(root, entry)


def test_a_folder_without_files_is_refused(root: Path) -> None:
    (root / "empty").mkdir()
    with pytest.raises(RefusedError, match="contains no files"):
        planned(root, "empty")


def test_a_secret_is_not_uploaded_and_that_is_said(root: Path) -> None:
    (root / "data" / ".env").write_text("KEY=1")
    (one,) = planned(root, "data")
    assert [found.name for found in one.files] == ["deep/test.csv", "train.csv"]
    assert "may be a secret: .env" in one.notes[0]


@pytest.mark.parametrize("name", [b"a\nb", b"\xff", b"x" * 240])
def test_a_name_that_is_no_key_is_refused(root: Path, name: bytes) -> None:
    deep = root / "data" / ("y" * 240) / ("z" * 240) if len(name) > 9 else root / "data"
    deep.mkdir(parents=True, exist_ok=True)
    (deep / os.fsdecode(name)).write_text("x")
    with pytest.raises(RefusedError, match="cannot be a key of S3"):
        planned(root, "data")


@pytest.mark.parametrize("value", [None, "data", [1], [""], {}])
def test_another_shape_is_left_to_the_deployment(root: Path, value: object) -> None:
    config: Payload = {"input-data": value}  # type: ignore[dict-item]
    assert plan_inputs(root / "job.json", config) == ()


def test_a_link_to_data_keeps_its_own_name(root: Path) -> None:
    (root / "latest").symlink_to("data")
    (root / "latest.csv").symlink_to("data/train.csv")
    folder, file = planned(root, "latest", "data/../latest.csv")
    assert folder.uri("bucket", "d1") == "s3://bucket/inputs/d1/latest/"
    assert [one.name for one in folder.files] == ["deep/test.csv", "train.csv"]
    assert file.uri("bucket", "d2") == "s3://bucket/inputs/d2/latest.csv"


def test_a_link_to_a_secret_is_not_uploaded(root: Path) -> None:
    (root / ".aws").mkdir()
    (root / ".aws" / "config").write_text("x")
    (root / "data" / "settings").symlink_to(root / ".aws" / "config")
    (folder,) = planned(root, "data")
    assert [one.name for one in folder.files] == ["deep/test.csv", "train.csv"]
    assert "may be a secret: settings" in folder.notes[0]
    (root / "only").mkdir()
    (root / "only" / "settings").symlink_to(root / ".aws" / "config")
    with pytest.raises(RefusedError, match="contains only files that may be secrets"):
        planned(root, "only")


def test_a_folder_whose_own_name_is_no_key_is_refused(root: Path) -> None:
    (root / "da\x01ta").mkdir()
    (root / "da\x01ta" / "x").write_text("x")
    with pytest.raises(RefusedError, match="cannot be a key of S3"):
        planned(root, "da\x01ta")
