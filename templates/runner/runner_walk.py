"""Walks the results folder and lists each file once, for counting and uploading alike.

Symbolic links within the folder are not followed, so that nothing is saved twice. Links that lead
out of it are followed, since a script may keep its results on another disk; exceptions are folders
that contain the results folder, and virtual file systems of the kernel.
"""

from __future__ import annotations

import os
import stat
from collections import deque
from dataclasses import dataclass, field
from typing import NamedTuple

from runner_names import encode_name, is_fit, percent_encoded
from runner_wording import counted, named

LARGEST_DEPTH = 64
LARGEST_COUNT = 250_000
LARGEST_BYTES = 5 * 1024**4
"""The maximum size of an object."""

_KERNEL_FOLDERS = ("/proc", "/sys", "/dev")


class Identity(NamedTuple):
    """Properties of a file that change whenever its content does."""

    size: int
    modified_ns: int
    changed_ns: int
    inode: int


class ResultFile(NamedTuple):
    """A file: its name in the bucket, its path, and its state during the walk."""

    name: str
    path: str
    identity: Identity


def identity_of(found: os.stat_result) -> Identity:
    """Return the state of a file."""
    return Identity(found.st_size, found.st_mtime_ns, found.st_ctime_ns, found.st_ino)


@dataclass
class Walk:
    """The result of a walk.

    `encoded` has the complete percent-encoded names of renamed files. `remarks` describe what is
    deliberately not saved, `problems` what should be saved but cannot.
    """

    files: list[ResultFile] = field(default_factory=list)
    encoded: dict[str, str] = field(default_factory=dict)
    remarks: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)


def walk_results(folder: str, longest_name_bytes: int) -> Walk:
    """Return all results, with remarks and problems.

    Args:
        folder: the results folder.
        longest_name_bytes: the maximum length of a name in a key.
    """
    walker = _Walker(folder)
    walker.walk()
    return walker.result(longest_name_bytes)


class _Walker:
    def __init__(self, folder: str) -> None:
        self._root = os.path.realpath(folder)
        self._found: list[ResultFile] = []
        self._folders: set[tuple[int, int]] = set()
        self._linked: set[tuple[int, int]] = set()
        self._links: deque[tuple[str, str]] = deque()
        self._twice: list[str] = []
        self._elsewhere: list[str] = []
        self._unreadable: list[str] = []
        self._too_deep: list[str] = []
        self._too_large: list[str] = []
        self._is_too_many = False

    def walk(self) -> None:
        self._walk_folder(self._root, "", is_linked=False)
        # Links come last, so that a file is listed under its own name.
        while self._links and not self._is_too_many:
            path, name = self._links.popleft()
            self._follow(path, name)

    def result(self, longest_name_bytes: int) -> Walk:
        walk = Walk()
        unfit = [one for one in self._found if not is_fit(one.name, longest_name_bytes)]
        odd = {one.name for one in unfit}
        walk.files = [one for one in self._found if one.name not in odd]
        taken = {one.name for one in walk.files}
        for one in unfit:
            name = encode_name(one.name, longest_name_bytes, taken)
            taken.add(name)
            walk.encoded[name] = percent_encoded(one.name)
            walk.files.append(one._replace(name=name))
        _add_remark(walk.remarks, self._twice, "symbolic link", "to results that are saved already")
        _add_remark(walk.remarks, self._elsewhere, "symbolic link", "not followed")
        _add_remark(walk.problems, self._unreadable, "folder", "not readable")
        _add_remark(walk.problems, self._too_deep, "folder", f"deeper than {LARGEST_DEPTH} levels")
        _add_remark(walk.problems, self._too_large, "file", "larger than an object can be")
        if self._is_too_many:
            walk.problems.append(f"only the first {LARGEST_COUNT} results are saved")
        return walk

    def _walk_folder(self, top: str, top_name: str, is_linked: bool) -> None:
        waiting = [(top, top_name)]
        while waiting and not self._is_too_many:
            path, name = waiting.pop()
            if name.count("/") >= LARGEST_DEPTH:
                self._too_deep.append(name)
                continue
            try:
                here = os.stat(path)
                if (here.st_dev, here.st_ino) in self._folders:
                    continue
                self._folders.add((here.st_dev, here.st_ino))
                with os.scandir(path) as entries:
                    found = sorted(entries, key=lambda entry: entry.name)
            except FileNotFoundError:
                continue
            except OSError:
                self._unreadable.append(name or ".")
                continue
            for entry in found:
                inner = f"{name}/{entry.name}" if name else entry.name
                try:
                    state = entry.stat(follow_symlinks=False)
                except OSError:
                    continue
                if stat.S_ISLNK(state.st_mode):
                    self._links.append((entry.path, inner))
                elif stat.S_ISDIR(state.st_mode):
                    waiting.append((entry.path, inner))
                elif stat.S_ISREG(state.st_mode):
                    self._add(inner, entry.path, state, is_linked)

    def _follow(self, path: str, name: str) -> None:
        try:
            state, target = os.stat(path), os.path.realpath(path)
        except OSError:
            return  # a broken or circular link is not a result
        inode = (state.st_dev, state.st_ino)
        if _is_below(target, self._root):
            self._twice.append(name)
        elif _is_below(self._root, target) or any(
            _is_below(target, folder) for folder in _KERNEL_FOLDERS
        ):
            self._elsewhere.append(name)
        elif stat.S_ISDIR(state.st_mode):
            if inode in self._folders:
                self._twice.append(name)
            else:
                self._walk_folder(target, name, is_linked=True)
        elif stat.S_ISREG(state.st_mode):
            if inode in self._linked:
                self._twice.append(name)
            else:
                self._add(name, target, state, is_linked=True)

    def _add(self, name: str, path: str, state: os.stat_result, is_linked: bool) -> None:
        if is_linked:
            inode = (state.st_dev, state.st_ino)
            if inode in self._linked:
                return
            self._linked.add(inode)
        if state.st_size > LARGEST_BYTES:
            self._too_large.append(name)
        elif len(self._found) >= LARGEST_COUNT:
            self._is_too_many = True
        else:
            self._found.append(ResultFile(name, path, identity_of(state)))


def _is_below(path: str, folder: str) -> bool:
    return path == folder or path.startswith(folder.rstrip("/") + "/")


def _add_remark(remarks: list[str], names: list[str], noun: str, what: str) -> None:
    if names:
        remarks.append(f"{counted(len(names), noun)} {what}: {named(names)}")
