"""Code and local data reach the training bucket once for each content."""

import tarfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from moto import mock_aws

from parris.payloads import Payload, texts_in
from parris_cli.account.clients import Account
from parris_cli.packing.local_files import find_local_files
from tests.parris_cli.sample_account import BUCKET, an_account


@pytest.fixture
def account(monkeypatch: pytest.MonkeyPatch) -> Iterator[Account]:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
    with mock_aws():
        made = an_account()
        made.s3.create_bucket(Bucket=BUCKET)
        yield made


@pytest.fixture
def root(tmp_path: Path) -> Path:
    folder = tmp_path / "training"
    (folder / "src").mkdir(parents=True)
    (folder / "data").mkdir()
    (folder / "src" / "train.py").write_text("import helper\n")
    (folder / "src" / "helper.py").write_text("X = 1\n")
    (folder / "data" / "a.csv").write_text("1")
    return folder


def upload(account: Account, root: Path, config: Payload) -> Payload:
    return find_local_files(root / "job.json", config, root / "src" / "train.py").upload(account)


def written(account: Account) -> dict[str, str]:
    listed = account.s3.list_objects_v2(Bucket=BUCKET).get("Contents", [])
    return {one["Key"]: one["LastModified"].isoformat() for one in listed}


def test_code_and_data_are_uploaded_and_named(account: Account, root: Path, tmp_path: Path) -> None:
    config: Payload = {"files": ["src"], "input-data": ["data", "s3://other/x", "data/a.csv"]}

    keys = upload(account, root, config)

    key = str(keys["code-archive"])
    assert keys["script-folder"] == "src"
    assert key.startswith("uploads/code/")
    account.s3.download_file(BUCKET, key, str(tmp_path / "code.tar.gz"))
    with tarfile.open(tmp_path / "code.tar.gz") as archive:
        assert archive.getnames() == ["src/helper.py"]
    folder, other, file = texts_in(keys, "input-data")
    assert other == "s3://other/x"
    top = folder.removeprefix(f"s3://{BUCKET}/")
    assert set(written(account)) == {key, f"{top}a.csv", file.removeprefix(f"s3://{BUCKET}/")}
    assert top.startswith("inputs/")
    assert top.endswith("/data/")


def test_the_same_content_is_uploaded_once(account: Account, root: Path) -> None:
    config: Payload = {"input-data": ["data"]}
    first = upload(account, root, config)
    before = written(account)
    uploads = []
    account.s3.meta.events.register("before-call.s3.PutObject", lambda **_: uploads.append(1))

    assert upload(account, root, config) == first
    assert (written(account), uploads) == (before, [])

    (root / "src" / "helper.py").write_text("X = 2\n")
    assert upload(account, root, config)["code-archive"] != first["code-archive"]
    assert uploads == [1]


def test_an_upload_of_data_that_broke_off_is_finished(account: Account, root: Path) -> None:
    config: Payload = {"files": [], "input-data": ["data"]}
    upload(account, root, config)
    (key,) = written(account)
    account.s3.delete_object(Bucket=BUCKET, Key=key)

    upload(account, root, config)

    assert set(written(account)) == {key}


def test_a_script_alone_brings_nothing(account: Account, root: Path) -> None:
    assert upload(account, root, {"files": []}) == {}
