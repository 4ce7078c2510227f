"""Copies what an image is built from to a temporary folder, and names the content by its digest."""

from __future__ import annotations

import hashlib
import tempfile
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from parris.wording import first_of
from parris_cli.containers.docker_ignore import IGNORE_FILE, DockerIgnore
from parris_cli.errors import RefusedError
from parris_cli.formatting import counted, data_size
from parris_cli.packing.ignore_rules import IGNORE_FILE as PARRIS_IGNORE_FILE
from parris_cli.packing.ignore_rules import IgnoreRules, may_be_secret
from parris_cli.packing.walk import FoundFile, Walk

if TYPE_CHECKING:
    from collections.abc import Iterator

DOCKERFILE = "Dockerfile"
_MOST_FILES = 10_000
_TOO_MANY = f"too many for an image. Leave out the others in {IGNORE_FILE}"
_LARGE_BYTES = 100 * 1000**2
_DIGEST_LETTERS = 16
_BLOCK_BYTES = 1024 * 1024


@dataclass(frozen=True, slots=True)
class BuildContext:
    """What an image is built from: copies that nothing else changes.

    `tag` depends on names, contents and executable bits of the files, on the Dockerfile and on the
    platform; not on owners and times. `notes` tell the user what was left out.
    """

    folder: Path
    dockerfile: Path
    platform: str
    tag: str
    summary: str
    notes: tuple[str, ...]


@contextmanager
def build_context(root: Path, dockerfile: Path | None, platform: str) -> Iterator[BuildContext]:
    """Yield the build context of a folder; its copies are deleted with the block.

    Args:
        root: the folder.
        dockerfile: None for the one in the folder.
        platform: what the image is for, such as linux/amd64.

    Raises:
        RefusedError: if there is no Dockerfile, something cannot be read, or it is too much.
    """
    recipe = _read_dockerfile(root, dockerfile)
    walk, rules = _walk(root)
    found = list(walk.files())
    secrets = [one for one in found if may_be_secret(one) and not rules.includes(one.name)]
    files = [one for one in found if one not in secrets]
    digest = hashlib.sha256(f"{platform}\n{len(recipe)}\n".encode() + recipe)
    with tempfile.TemporaryDirectory(prefix="parris-image-") as place:
        copies, own = Path(place, "context"), Path(place, DOCKERFILE)
        copies.mkdir()
        own.write_bytes(recipe)
        for one in files:
            _copy(one, copies / one.name, digest)
        tag = f"content-{digest.hexdigest()[:_DIGEST_LETTERS]}"
        size_bytes = sum(one.size_bytes for one in files)
        summary = f"{counted(len(files), 'file')} ({data_size(size_bytes)}) of {root}"
        notes = (*_notes(walk, secrets), *_note_of_size(size_bytes))
        yield BuildContext(copies, own, platform, tag, summary, notes)


def _read_dockerfile(root: Path, dockerfile: Path | None) -> bytes:
    path = dockerfile or root / DOCKERFILE
    try:
        return path.read_bytes()
    except OSError as err:
        raise RefusedError(
            f"{path}: cannot be read: {err.strerror}. An image is built from a Dockerfile: choose"
            " the folder of one, or the file itself with --file"
        ) from err


def _walk(root: Path) -> tuple[Walk, DockerIgnore]:
    path = root / IGNORE_FILE
    try:
        docker_rules = DockerIgnore(path.read_text(encoding="utf-8-sig"))
    except FileNotFoundError:
        docker_rules = DockerIgnore("")
    except (OSError, ValueError) as err:
        raise RefusedError(f"{path}: {err}") from err
    own_rules = IgnoreRules(root)

    def leaves_out(name: str, is_folder: bool) -> bool:
        if name == IGNORE_FILE or docker_rules.leaves_out(name, is_folder):
            return True
        return own_rules.leaves_out(name, is_folder)

    return Walk(root, _MOST_FILES, _TOO_MANY, leaves_out), docker_rules


def _copy(one: FoundFile, target: Path, digest: hashlib._Hash) -> None:
    mode = 0o755 if one.is_executable else 0o644
    target.parent.mkdir(parents=True, exist_ok=True)
    content = hashlib.sha256()
    try:
        with one.path.open("rb") as source, target.open("wb") as copy:
            while block := source.read(_BLOCK_BYTES):
                content.update(block)
                copy.write(block)
    except OSError as err:
        raise RefusedError(f"{one.path}: cannot be copied: {err.strerror}") from err
    # The image has these modes, whatever umask the files were written with.
    target.chmod(mode)
    digest.update(f"{one.name}\0{mode:o}\0{content.hexdigest()}\n".encode())


def _notes(walk: Walk, secrets: list[FoundFile]) -> Iterator[str]:
    if secrets:
        named = first_of([one.name for one in secrets])
        yield (
            f"not in the image, since it may be a secret: {named}. Everyone who can pull an image"
            f" can read it. If it is none, add a line `!NAME` to {IGNORE_FILE}"
        )
    for name, why in walk.left_out.items():
        yield f"not in the image: {name!r} {why}"


def _note_of_size(size_bytes: int) -> Iterator[str]:
    if size_bytes > _LARGE_BYTES:
        yield (
            f"{data_size(size_bytes)} are copied for the build. Leave out what the image does not"
            f" need in {IGNORE_FILE} or {PARRIS_IGNORE_FILE}"
        )
