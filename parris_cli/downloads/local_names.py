"""Chooses a local file for each result: none outside the folder, no two the same.

S3 allows names that a file system does not, and a script chooses them. Each result is placed,
renamed or skipped; results that do not keep their name are listed.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

# For one part of a path, on every common file system.
LONGEST_PART_BYTES = 255
_HASH_DIGITS = 8
_LONGEST_SUFFIX = 16
_OUTSIDE = "its name leads out of the folder"
# Source: https://learn.microsoft.com/en-us/windows/win32/fileio/naming-a-file
_WINDOWS_DEVICES = re.compile(r"(?i)(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])\s*(\..*)?")
_WINDOWS_FORBIDDEN = re.compile(r'[<>"|?*\x00-\x1f]')


@dataclass(frozen=True, slots=True)
class FileSystem:
    """How the file system of the folder treats names."""

    is_windows: bool = False
    is_case_sensitive: bool = True


@dataclass(frozen=True, slots=True)
class Skipped:
    """A file that was not downloaded, and why."""

    name: str
    why: str


@dataclass(slots=True)
class LocalNames:
    """`places` maps each name to its local path; `skipped` lists the names that have none."""

    places: dict[str, str] = field(default_factory=dict)
    skipped: list[Skipped] = field(default_factory=list)

    @property
    def renamed(self) -> dict[str, str]:
        """Return the names that have a different name here."""
        return {name: place for name, place in self.places.items() if name != place}


def choose_local_names(
    names: Iterable[str], file_system: FileSystem, decoded: Mapping[str, str] | None = None
) -> LocalNames:
    """Return the path for each name, with forward slashes, relative to the folder.

    Args:
        names: as in the bucket.
        file_system: the folder's file system.
        decoded: the names on the machine of files whose names are encoded in the bucket; a name
            that is not possible here stays encoded.
    """
    chosen, wanted = LocalNames(), {}
    own = decoded or {}
    for name in sorted(names):
        objection = _objection(name, file_system)
        if objection:
            chosen.skipped.append(Skipped(name, objection))
            continue
        is_decoded = name in own and not _objection(own[name], file_system)
        local = own[name] if is_decoded else name
        wanted[name] = "/".join(_shortened(part) for part in local.split("/"))
    folders = {
        _folded(folder, file_system) for place in wanted.values() for folder in _folders_of(place)
    }
    taken = set(folders)
    changed: list[str] = []
    # Names that can stay unchanged come first, so that they keep precedence over renamed ones.
    for name, place in wanted.items():
        folded = _folded(place, file_system)
        if place != name or folded in taken:
            changed.append(name)
        else:
            taken.add(folded)
            chosen.places[name] = place
    for name in changed:
        place = _free_place(wanted[name], taken, file_system)
        taken.add(_folded(place, file_system))
        chosen.places[name] = place
    return chosen


def _objection(name: str, file_system: FileSystem) -> str:
    parts = name.split("/")
    if "\0" in name:
        return "its name contains a NUL character"
    if name.startswith("/") or ".." in parts:
        return _OUTSIDE
    if "" in parts or "." in parts:
        return "its name has an empty part, which no path here can have"
    try:
        name.encode()
    except UnicodeEncodeError:
        return "its name is not valid text"
    return _windows_objection(name, parts) if file_system.is_windows else ""


def _windows_objection(name: str, parts: list[str]) -> str:
    if "\\" in name or ":" in name:
        return _OUTSIDE
    if _WINDOWS_FORBIDDEN.search(name):
        return "its name has a character that Windows does not allow"
    if any(_WINDOWS_DEVICES.fullmatch(part) or part[-1] in ". " for part in parts):
        return "its name is not allowed on Windows"
    return ""


def _shortened(part: str) -> str:
    """Return a part that every file system accepts, made unique by a hash."""
    if len(part.encode()) <= LONGEST_PART_BYTES:
        return part
    stem, dot, suffix = part.rpartition(".")
    is_suffix = bool(stem) and len(suffix.encode()) <= _LONGEST_SUFFIX
    end = f"~{hashlib.sha256(part.encode()).hexdigest()[:_HASH_DIGITS]}" + (
        dot + suffix if is_suffix else ""
    )
    room = LONGEST_PART_BYTES - len(end.encode())
    start = (stem if is_suffix else part).encode()[:room]
    return start.decode(errors="ignore") + end


def _folders_of(place: str) -> list[str]:
    parts = place.split("/")
    return ["/".join(parts[:count]) for count in range(1, len(parts))]


def _free_place(place: str, taken: set[str], file_system: FileSystem) -> str:
    free, number = place, 1
    while _folded(free, file_system) in taken:
        number += 1
        free = _numbered(place, number)
    return free


def _numbered(place: str, number: int) -> str:
    folder, slash, name = place.rpartition("/")
    stem, dot, suffix = name.rpartition(".")
    if not stem:
        stem, dot, suffix = name, "", ""
    end = f"~{number}{dot}{suffix}"
    room = LONGEST_PART_BYTES - len(end.encode())
    return folder + slash + stem.encode()[:room].decode(errors="ignore") + end


def _folded(place: str, file_system: FileSystem) -> str:
    if file_system.is_case_sensitive:
        return place
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", place).casefold())
