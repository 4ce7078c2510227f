import os
import pwd
from pathlib import Path

import pytest

from parris_cli import project_files


def test_a_clone_keeps_its_snapshots_where_make_clean_removes_them() -> None:
    folder = project_files.snapshots_folder()
    assert folder == project_files.PROJECT / ".snapshots"
    makefile = (project_files.PROJECT / "Makefile").read_text()
    assert f" {folder.name} " in makefile.partition("\nclean:")[2]


def test_an_installed_package_keeps_its_snapshots_in_the_users_cache(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(project_files, "IS_CARRIED", True)
    monkeypatch.delenv("EMBEDDED_AWS_CACHE", raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert project_files.snapshots_folder() == tmp_path / "embedded-aws" / "snapshots"


def test_a_user_without_a_home_keeps_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(project_files, "IS_CARRIED", True)
    for name in ("EMBEDDED_AWS_CACHE", "XDG_CACHE_HOME", "HOME"):
        monkeypatch.delenv(name, raising=False)

    def find_none(user_id: int) -> pwd.struct_passwd:
        raise KeyError(user_id)

    monkeypatch.setattr(pwd, "getpwuid", find_none)
    assert os.environ.get("HOME") is None
    assert project_files.snapshots_folder() is None
