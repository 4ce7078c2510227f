"""Checks requirements.txt before a machine is paid for that could not install it."""

from __future__ import annotations

import codecs
import posixpath
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from parris_cli.errors import RefusedError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from parris_cli.packing.walk import FoundFile

REQUIREMENTS_FILE = "requirements.txt"

_LONGEST_BYTES = 1024 * 1024
_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    # UTF-32's mark begins as that of UTF-16 does.
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_CODING = re.compile(rb"^[ \t\f]*#.*?coding[:=][ \t]*([-\w.]+)")
_COMMENT = re.compile(r"(?:^|\s+)#.*$")
_INCLUDE = re.compile(r"(?:-r|-c|--requirements?|--constraints?)(?:\s*=\s*|\s+|(?<=-[rc]))(.+)")
_EDITABLE = re.compile(r"(?:-e|--editable)(?:\s*=\s*|\s+)(.+)")
_FIND_LINKS = re.compile(r"(?:-f|--find[-]links)(?:\s*=\s*|\s+)(.+)")
_PASSWORD = re.compile(r"://(?P<user>[^/@\s:]*):(?P<password>[^/@\s]+)@")
_FROM_ENVIRONMENT = re.compile(r"\$\{[A-Z0-9_]+\}\Z")
_ARCHIVE = re.compile(r"\.(?:whl|zip|tar\.gz|tar\.bz2|tgz)\Z", re.IGNORECASE)
# What may follow a requirement in its line: options, and a marker.
_AFTER = re.compile(r"\s+(?:--|;).*\Z|;.*\Z")
_EXTRAS = re.compile(r"\[[^\]]*\]\Z")


def check_requirements(root: Path, files: Mapping[str, FoundFile], script_folder: str) -> list[str]:
    """Return notes about the requirements that a machine would install, if there are any.

    Args:
        root: the folder whose files are packed.
        files: what is packed, by name.
        script_folder: the folder of the script among them.

    Raises:
        RefusedError: when the file cannot be read as text, or names a file that is not packed.
    """
    places = dict.fromkeys(
        posixpath.join(folder, REQUIREMENTS_FILE) for folder in (script_folder, "")
    )
    name = next((place for place in places if place in files), None)
    if name is None:
        return []
    check = _Check(root, files)
    check.read(name)
    return check.notes


@dataclass(slots=True)
class _Check:
    root: Path
    files: Mapping[str, FoundFile]
    notes: list[str] = field(default_factory=list)
    _seen: set[str] = field(default_factory=set)

    def read(self, name: str) -> None:
        if name in self._seen:
            return
        self._seen.add(name)
        for number, line in _logical_lines(_text_of(self.files[name])):
            where = f"{self.root / name}, line {number}"
            self._check_password(line, where)
            if include := _INCLUDE.match(line):
                target = self._packed(include[1].strip(), name, where)
                if target is not None and target in self.files:
                    self.read(target)
            elif found := _EDITABLE.match(line) or _FIND_LINKS.match(line):
                self._packed(_path_in(found[1]), name, where)
            elif not line.startswith("-") and _is_path(_path_in(line)):
                self._packed(_path_in(line), name, where)

    def _check_password(self, line: str, where: str) -> None:
        found = _PASSWORD.search(line)
        if found and not _FROM_ENVIRONMENT.match(found["password"]):
            self.notes.append(
                f"{where}: contains a password, which is packed and stored in the training bucket."
                " Install from a public index, or pack the wheels and name their folder with -f"
            )

    def _packed(self, path: str, name: str, where: str) -> str | None:
        """Return the name of a file or folder that is named by a relative path; None for a URL.

        Raises:
            RefusedError: when it is not packed.
        """
        if "://" in path and not path.startswith("file:"):
            return None
        plain = path.removeprefix("file:")
        if plain.startswith(("//", "/", "~")) or re.match(r"[A-Za-z]:[\\/]", plain):
            self.notes.append(
                f"{where}: {path!r} is a path of its own, which the machine has only if its image"
                " has. Pack it, and write a path relative to this file"
            )
            return None
        target = posixpath.normpath(posixpath.join(posixpath.dirname(name), plain))
        if target == ".." or target.startswith("../"):
            raise RefusedError(
                f"{where}: {path!r} leads out of {self.root}, which is packed. Move it there, or"
                " write a config in the folder above, with `files`"
            )
        is_there = target == "." or target in self.files
        if not is_there and not any(one.startswith(f"{target}/") for one in self.files):
            raise RefusedError(
                f"{where}: {path!r} is not packed: there is no such file in {self.root}, or `files`"
                " or .parrisignore leave it out"
            )
        return target


def _text_of(found: FoundFile) -> str:
    """Return the text of a file as pip reads it.

    Raises:
        RefusedError: when pip could not.
    """
    try:
        with found.path.open("rb") as opened:
            body = opened.read(_LONGEST_BYTES + 1)
    except OSError as err:
        raise RefusedError(f"{found.path}: cannot be read: {err.strerror}") from err
    if len(body) > _LONGEST_BYTES:
        raise RefusedError(f"{found.path}: more than 1 MiB, which is no list of requirements")
    encoding = next((name for mark, name in _BOMS if body.startswith(mark)), None)
    if encoding is None:
        codings = [_CODING.match(line) for line in body.split(b"\n", 2)[:2]]
        encoding = next((one[1].decode() for one in codings if one), "utf-8")
    try:
        return body.decode(encoding).removeprefix("\ufeff")
    except UnicodeDecodeError as err:
        raise RefusedError(
            f"{found.path}: not UTF-8 text (byte {err.start}), so pip cannot read it. Save it as"
            " UTF-8"
        ) from None
    except LookupError:
        raise RefusedError(f"{found.path}: its encoding {encoding!r} is unknown") from None


def _logical_lines(text: str) -> Iterator[tuple[int, str]]:
    """Yield lines without comments, continued lines as one, with their numbers."""
    joined, first = "", 0
    for number, line in enumerate(text.splitlines(), start=1):
        first = first if joined else number
        if line.endswith("\\") and not line.lstrip().startswith("#"):
            joined += line[:-1]
            continue
        whole = _COMMENT.sub("", joined + line).strip()
        joined = ""
        if whole:
            yield first, whole


def _path_in(text: str) -> str:
    """Return the path of a requirement, without options, marker, extras and `name @`."""
    path = _AFTER.sub("", text.strip()).rpartition(" @ ")[2].strip()
    return _EXTRAS.sub("", path)


def _is_path(text: str) -> bool:
    return (
        text.startswith((".", "/", "~", "file:"))
        or ("/" in text and "://" not in text)
        or (_ARCHIVE.search(text) is not None and "://" not in text)
    )
