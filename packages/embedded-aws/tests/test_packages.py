import io
import os
import sys
import time
import zipfile
from pathlib import Path

import pytest

from embedded_aws.functions.build_once import build_once
from embedded_aws.functions.code_folder import merge_layers, unpack_code
from embedded_aws.functions.host_wheels import fits_host, install_for_host
from embedded_aws.functions.runtime_packages import link_runtime_packages, runtime_folder
from embedded_aws.packaging.archive import zip_folder
from embedded_aws.packaging.read_template import read_template
from embedded_aws_helpers.builders import zipped

HOST = f"cp{sys.version_info.major}{sys.version_info.minor}"


def installed(folder: Path, tag: str) -> Path:
    information = folder / "word-1.0.dist-info"
    information.mkdir(parents=True)
    (information / "WHEEL").write_text(f"Wheel-Version: 1.0\nTag: {tag}\n")
    return folder


def wheel(folder: Path) -> Path:
    """Write a real wheel by hand, so that pip needs no registry."""
    information = "word-1.0.dist-info"
    files = {
        "word.py": "WORD = 'for this machine'\n",
        f"{information}/METADATA": "Metadata-Version: 2.1\nName: word\nVersion: 1.0\n",
        f"{information}/WHEEL": "Wheel-Version: 1.0\nTag: py3-none-any\n",
        f"{information}/RECORD": "",
    }
    file = folder / "word-1.0-py3-none-any.whl"
    with zipfile.ZipFile(file, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return file


@pytest.mark.parametrize("tag", ["py3-none-any", "py2.py3-none-any", f"{HOST}-none-any"])
def test_packages_for_any_platform_fit(tmp_path: Path, tag: str) -> None:
    assert fits_host(installed(tmp_path, tag))


@pytest.mark.parametrize(
    "tag", ["cp399-cp399-any", f"{HOST}-{HOST}-win_amd64", "cp399-abi3-any", "pp39-pypy39-any"]
)
def test_packages_for_another_python_or_platform_do_not_fit(tmp_path: Path, tag: str) -> None:
    assert not fits_host(installed(tmp_path, tag))


def test_a_foreign_layers_packages_are_replaced_by_this_machines(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EMBEDDED_AWS_CACHE", str(tmp_path / "cache"))
    layer = zipped(
        requirements__txt=f"word @ {wheel(tmp_path).as_uri()}\n",
        python_in_word__py="WORD = 'for another machine'\n",
        **{"python_in_word-1__0__dist-info_in_WHEEL": "Tag: cp399-cp399-any\n"},
    )
    merged = merge_layers([layer], tmp_path / "layers")
    assert "for this machine" in (merged / "python" / "word.py").read_text()


def test_merged_layers_share_their_files_and_a_later_one_comes_first(tmp_path: Path) -> None:
    one = zipped(python_in_word__py="WORD = 1", python_in_only__py="ONLY = 1")
    two = zipped(python_in_word__py="WORD = 2")
    both, alone = (merge_layers(given, tmp_path / "layers") for given in ([one, two], [one]))
    assert (both / "python" / "word.py").read_text() == "WORD = 2"
    assert (alone / "python" / "word.py").read_text() == "WORD = 1"
    assert (both / "python" / "only.py").samefile(alone / "python" / "only.py")


def test_packages_that_cannot_be_installed_say_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EMBEDDED_AWS_CACHE", str(tmp_path / "cache"))
    requirements = tmp_path / "requirements.txt"
    requirements.write_text("word @ file:///nowhere/word-1.0-py3-none-any.whl\n")
    with pytest.raises(RuntimeError, match="cannot install"):
        install_for_host(requirements)


def test_the_runtimes_packages_are_links_to_a_few_distributions(tmp_path: Path) -> None:
    names = {link.name for link in link_runtime_packages(tmp_path).iterdir()}
    assert {"boto3", "botocore", "awslambdaric", "s3transfer", "urllib3"} <= names
    assert not names & {"moto", "flask", "pytest", "yaml", "embedded_aws"}


def test_a_zip_of_the_same_content_has_the_same_bytes(tmp_path: Path) -> None:
    for name in ("one", "two"):
        (tmp_path / name / "__pycache__").mkdir(parents=True)
        (tmp_path / name / "a.py").write_text("A = 1")
        (tmp_path / name / "__pycache__" / "a.pyc").write_text(name)
    assert zip_folder(tmp_path / "one") == zip_folder(tmp_path / "two")


def test_a_file_that_can_be_run_can_be_run_after_unpacking(tmp_path: Path) -> None:
    script = tmp_path / "code" / "run.sh"
    script.parent.mkdir()
    script.write_text("#!/bin/sh\n")
    script.chmod(0o755)
    unpacked = unpack_code(zip_folder(script.parent), tmp_path / "unpacked")
    assert (unpacked / "run.sh").stat().st_mode & 0o111


def test_short_tags_of_a_template_are_written_out(tmp_path: Path) -> None:
    file = tmp_path / "template.yaml"
    file.write_text("A: !GetAtt B.Arn\nC: !If [D, !Ref E, !Sub '${F}-x']\nG: 2010-09-09\n")
    assert read_template(file) == {
        "A": {"Fn::GetAtt": ["B", "Arn"]},
        "C": {"Fn::If": ["D", {"Ref": "E"}, {"Fn::Sub": "${F}-x"}]},
        "G": "2010-09-09",
    }


def test_an_archive_is_unpacked_once(tmp_path: Path) -> None:
    archive = io.BytesIO(zipped(a__py="A = 1")).getvalue()
    first = unpack_code(archive, tmp_path)
    (first / "b.py").write_text("")
    assert (unpack_code(archive, tmp_path) / "b.py").exists()


def test_the_second_process_uses_what_the_first_has_built(tmp_path: Path) -> None:
    target = tmp_path / "kept"

    def build_while_another_is_quicker(building: Path) -> None:
        for folder in (building, target):
            folder.mkdir()
            (folder / "a.py").write_text(folder.name)

    assert build_once(target, build_while_another_is_quicker) == target
    assert (target / "a.py").read_text() == "kept"
    assert list(tmp_path.iterdir()) == [target]


def test_what_is_unused_for_two_weeks_is_deleted_when_something_new_is_stored(
    tmp_path: Path,
) -> None:
    old, recent = (unpack_code(zipped(a__py=text), tmp_path) for text in ("A = 1", "A = 2"))
    long_ago = time.time() - 15 * 24 * 3600
    os.utime(old, (long_ago, long_ago))
    os.utime(recent, (long_ago, long_ago))
    unpack_code(zipped(a__py="A = 2"), tmp_path)  # is used again
    new = unpack_code(zipped(a__py="A = 3"), tmp_path)
    assert not old.exists()
    assert recent.exists() and new.exists()


def test_the_runtimes_folder_is_one_for_what_is_installed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EMBEDDED_AWS_CACHE", str(tmp_path / "cache"))
    before = runtime_folder()
    monkeypatch.syspath_prepend(tmp_path)  # as a script's own folder
    assert runtime_folder() == before
    (tmp_path / "more" / "other-1.0.dist-info").mkdir(parents=True)
    monkeypatch.syspath_prepend(tmp_path / "more")
    assert runtime_folder() != before
