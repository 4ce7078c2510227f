"""Tests of what an image is built from, and of the tag that names it."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from parris_cli.containers.build_context import build_context
from parris_cli.errors import RefusedError

if TYPE_CHECKING:
    from pathlib import Path

_AMD, _ARM = "linux/amd64", "linux/arm64"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    folder = tmp_path / "container"
    folder.mkdir()
    (folder / "Dockerfile").write_text("FROM scratch\nCOPY . /opt\n")
    (folder / "train.py").write_text("print(1)\n")
    return folder


def tag_of(root: Path, dockerfile: Path | None = None, platform: str = _AMD) -> str:
    with build_context(root, dockerfile, platform) as context:
        return context.tag


def files_of(root: Path) -> list[str]:
    with build_context(root, None, _AMD) as context:
        found = [one for one in context.folder.rglob("*") if one.is_file()]
        return sorted(one.relative_to(context.folder).as_posix() for one in found)


def test_the_tag_is_the_same_for_the_same_content(root: Path, tmp_path: Path) -> None:
    tag = tag_of(root)
    os.utime(root / "train.py", (0, 0))
    (root / "train.py").chmod(0o600)
    assert tag_of(root) == tag
    assert tag_of(root.rename(tmp_path / "elsewhere")) == tag


def test_the_tag_changes_with_everything_that_the_image_depends_on(root: Path) -> None:
    tags = [tag_of(root), tag_of(root, platform=_ARM)]
    (root / "train.py").write_text("print(2)\n")
    tags.append(tag_of(root))
    (root / "train.py").chmod(0o755)
    tags.append(tag_of(root))
    (root / "train.py").rename(root / "main.py")
    tags.append(tag_of(root))
    (root / "Dockerfile").write_text("FROM scratch\nCOPY main.py /opt\n")
    tags.append(tag_of(root))
    other = root.parent / "Dockerfile.gpu"
    other.write_text("FROM scratch\n")
    tags.append(tag_of(root, other))
    assert len(set(tags)) == len(tags)
    assert all(len(one) == len("content-") + 16 for one in tags)


def test_what_is_ignored_is_neither_copied_nor_part_of_the_tag(root: Path) -> None:
    (root / ".dockerignore").write_text("*.csv\n")
    (root / ".parrisignore").write_text("notes/\n")
    tag = tag_of(root)
    for name in ("data.csv", "notes/a.md", "__pycache__/train.pyc", ".git/HEAD"):
        (root / name).parent.mkdir(exist_ok=True)
        (root / name).write_text(name)
    assert files_of(root) == ["Dockerfile", "train.py"]
    assert tag_of(root) == tag


def test_only_an_exception_lets_what_looks_like_a_secret_into_the_image(root: Path) -> None:
    (root / ".dockerignore").write_text("!public.pem\n")
    for name in ("public.pem", ".env"):
        (root / name).write_text("secret")
    with build_context(root, None, _AMD) as context:
        assert (context.folder / "public.pem").exists()
        assert not (context.folder / ".env").exists()
        (note,) = context.notes
    assert "since it may be a secret: .env." in note


def test_copies_do_not_depend_on_the_umask_and_are_deleted(root: Path) -> None:
    (root / "train.py").chmod(0o700)
    with build_context(root, None, _AMD) as context:
        assert (context.folder / "train.py").stat().st_mode & 0o777 == 0o755
        assert (context.folder / "Dockerfile").stat().st_mode & 0o777 == 0o644
        place = context.dockerfile.parent
    assert not place.exists()


def test_without_a_dockerfile_nothing_is_built(root: Path) -> None:
    (root / "Dockerfile").unlink()
    with pytest.raises(
        RefusedError, match=r"Dockerfile: cannot be read: .* or the file itself with --file"
    ):
        tag_of(root)


def test_an_invalid_line_of_the_ignore_file_is_named(root: Path) -> None:
    (root / ".dockerignore").write_text("[a\n")
    with pytest.raises(RefusedError, match=r"\.dockerignore: '\[a' is not a pattern"):
        tag_of(root)
