"""botocore's models are read as they are, from binary data that only this user can have written."""

import json
import marshal
import pwd
from pathlib import Path
from typing import Any

import pytest
from botocore.loaders import JSONFileLoader, Loader

from embedded_aws.cache_folder import CACHE_FOLDER_VARIABLE
from embedded_aws.checked_files import write_checked
from embedded_aws.speed.model_files import QuickFileLoader

_DATA = Path(Loader.BUILTIN_DATA_PATH)
_TEXT = "documentation"


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv(CACHE_FOLDER_VARIABLE, str(tmp_path / "cache"))
    return tmp_path / "cache" / "models"


@pytest.fixture
def model(tmp_path: Path) -> Path:
    members = {_TEXT: {"shape": "String", _TEXT: "described"}, "other": {"shape": "String"}}
    shapes = {"One": {"type": "structure", "members": members, _TEXT: "described"}}
    file = tmp_path / "service-2.json"
    padding = {"metadata": {"padding": "x" * 5000}, _TEXT: "kept"}
    file.write_text(json.dumps({**padding, "operations": {}, "shapes": shapes}))
    return file.with_suffix("")


def _undescribed(value: Any) -> Any:
    if isinstance(value, list):
        return [_undescribed(inner) for inner in value]
    if not isinstance(value, dict):
        return value
    kept = {name: inner for name, inner in value.items() if name != _TEXT or type(inner) is not str}
    return {name: _undescribed(inner) for name, inner in kept.items()}


@pytest.mark.parametrize("service", ["dynamodb/2012-08-10", "s3/2006-03-01", "sns/2010-03-31"])
def test_models_are_those_of_botocore_without_descriptions(service: str, cache: Path) -> None:
    path = str(_DATA / service / "service-2")
    for _ in range(2):  # from the file, and from what is kept
        assert _undescribed(QuickFileLoader().load_file(path)) == _undescribed(
            JSONFileLoader().load_file(path)
        )
    assert len(list(cache.iterdir())) == 1


@pytest.mark.parametrize("name", ["endpoints", "partitions", "s3/2006-03-01/endpoint-rule-set-1"])
def test_other_files_are_the_same(name: str) -> None:
    path = str(_DATA / name)
    for _ in range(2):
        assert QuickFileLoader().load_file(path) == JSONFileLoader().load_file(path)


def test_only_descriptions_are_left_out(model: Path) -> None:
    read = QuickFileLoader().load_file(str(model))
    assert read[_TEXT] == "kept"
    one = read["shapes"]["One"]
    assert one["members"] == {_TEXT: {"shape": "String"}, "other": {"shape": "String"}}
    assert _TEXT not in one


def test_a_changed_file_is_read_again(model: Path) -> None:
    before = QuickFileLoader().load_file(str(model))
    file = model.with_suffix(".json")
    file.write_text(json.dumps({**before, "shapes": {}}) + " ")
    assert QuickFileLoader().load_file(str(model))["shapes"] == {}


@pytest.mark.parametrize("spoil", ["content", "a byte", "rights", "folder"])
def test_what_cannot_be_trusted_is_not_read(model: Path, cache: Path, spoil: str) -> None:
    before = QuickFileLoader().load_file(str(model))
    (kept,) = cache.iterdir()
    if spoil == "content":
        kept.write_bytes(b"\x00\x01")
    elif spoil == "a byte":
        content = kept.read_bytes()
        kept.write_bytes(content.replace(b"kept", b"keep", 1))
    else:
        write_checked(kept, marshal.dumps({"other": "model"}))
        place = kept if spoil == "rights" else cache
        place.chmod(place.stat().st_mode | 0o022)
    assert QuickFileLoader().load_file(str(model)) == before


def test_a_missing_file_is_no_error(tmp_path: Path) -> None:
    assert QuickFileLoader().load_file(str(tmp_path / "service-2")) is None


def test_without_a_cache_folder_models_are_read_as_they_are(
    model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for variable in ("HOME", "XDG_CACHE_HOME", CACHE_FOLDER_VARIABLE):
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.setattr(pwd, "getpwuid", lambda user: {}[user])
    assert QuickFileLoader().load_file(str(model))[_TEXT] == "kept"
