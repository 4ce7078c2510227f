"""Imports modules of packages from one file, which has the code of all that were imported before.

Python looks for a file of code for each of the 1,900 modules, checks it and opens it: an eighth of
the time that their imports take. A module comes from the one file only if Python would find the
same source: the file and the folder that it lies in are unchanged, and its package was found there.
So modules that are not in a package are imported as always. The code of `kept_methods` is in the
file, too.
"""

import atexit
import hashlib
import marshal
import mmap
import os
import struct
import sys
import zlib
from collections.abc import Sequence
from contextlib import suppress
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, SourceFileLoader
from pathlib import Path
from types import CodeType, ModuleType
from typing import NamedTuple

from embedded_aws.cache_folder import NoCacheFolderError, cache_folder
from embedded_aws.private_files import (
    PRIVATE_FOLDER,
    NotPrivateError,
    open_own,
    require_own,
    write_own,
)
from embedded_aws.speed import kept_methods

# The file is written again when more modules and methods than that were not in it.
_MOST_MISSING = 100
_MOST_FILES = 8
# Those of classes that have changed are not used any more.
_MOST_METHODS = 5_000
# The length of the index, and its checksum.
_HEAD = struct.Struct("<QI")
_DAMAGED = (EOFError, ValueError, TypeError, struct.error)
_UNREADABLE = (OSError, NotPrivateError, NoCacheFolderError, *_DAMAGED)


class _Kept(NamedTuple):
    """Where a module's code is, and what it was compiled from."""

    begin: int
    length: int
    source: str
    source_facts: tuple[int, int]
    folder: str
    folder_changed_at: int
    is_package: bool


def install() -> None:
    """Import kept modules from now on."""
    if _finder() is None:
        modules, methods, code = _read()
        sys.meta_path.insert(0, _Finder(modules, code))
        kept_methods.install(methods)


def keep_at_exit() -> None:
    """Keep the modules of this process when it ends."""
    finder = _finder()
    if finder is not None and not sys.dont_write_bytecode:
        atexit.register(_keep, finder)


def _finder() -> "_Finder | None":
    return next((one for one in sys.meta_path if isinstance(one, _Finder)), None)


class _Loader(SourceFileLoader):
    """Loads a module as from its source, with the code that is kept."""

    def __init__(self, name: str, source: str, code: memoryview) -> None:
        super().__init__(name, source)
        self._code = code

    def get_code(self, fullname: str) -> CodeType | None:
        """Return the module's code, from Python's own file if ours is damaged."""
        with suppress(*_DAMAGED):
            found = marshal.loads(self._code)
            if isinstance(found, CodeType):
                return found
        return super().get_code(fullname)


class _Finder(MetaPathFinder):
    """Finds kept modules."""

    def __init__(self, modules: dict[str, _Kept], code: memoryview) -> None:
        self._modules = modules
        self._code = code
        self._folders: dict[str, int] = {}

    def has(self, name: str) -> bool:
        """Return whether the module is kept as it is now."""
        kept = self._modules.get(name)
        return kept is not None and not self._is_changed(kept)

    def unchanged(self) -> dict[str, tuple[_Kept, bytes]]:
        """Return all modules that are kept as they are now."""
        return {
            name: (kept, bytes(self._code_of(kept)))
            for name, kept in self._modules.items()
            if not self._is_changed(kept)
        }

    def find_spec(
        self, name: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Return where a module is, None if Python has to look for it."""
        kept = self._modules.get(name)
        if kept is None or path is None or list(path) != [kept.folder] or self._is_changed(kept):
            return None
        loader = _Loader(name, kept.source, self._code_of(kept))
        spec = ModuleSpec(name, loader, origin=kept.source, is_package=kept.is_package)
        spec.has_location = True
        if kept.is_package:
            spec.submodule_search_locations = [os.path.dirname(kept.source)]
        return spec

    def _code_of(self, kept: _Kept) -> memoryview:
        return self._code[kept.begin : kept.begin + kept.length]

    def _is_changed(self, kept: _Kept) -> bool:
        try:
            if kept.folder not in self._folders:
                self._folders[kept.folder] = os.stat(kept.folder).st_mtime_ns
            is_same = self._folders[kept.folder] == kept.folder_changed_at
            return not is_same or _facts_of(kept.source) != kept.source_facts
        except OSError:
            return True


def _file() -> Path:
    """Return the file of processes with the same Python and the same installed packages.

    Raises:
        NoCacheFolderError: when there is no place for it.
    """
    facts = (sys.version, sys.flags.optimize, sys.implementation.cache_tag, sys.prefix)
    return cache_folder() / "modules" / hashlib.sha256(repr(facts).encode()).hexdigest()


def _read() -> tuple[dict[str, _Kept], dict[str, CodeType], memoryview]:
    """Return the modules, the methods of data classes, and the code of the modules."""
    with suppress(*_UNREADABLE):
        file = _file()
        require_own(file.parent)
        with open(open_own(file), "rb") as opened:
            whole = memoryview(mmap.mmap(opened.fileno(), 0, access=mmap.ACCESS_READ))
        length, checksum = _HEAD.unpack_from(whole)
        index, code = whole[_HEAD.size : _HEAD.size + length], whole[_HEAD.size + length :]
        if zlib.crc32(index) == checksum:
            modules, methods = marshal.loads(index)
            return {name: _Kept(*facts) for name, facts in modules.items()}, methods, code
    return {}, {}, memoryview(b"")


def _keep(finder: _Finder) -> None:
    with suppress(KeyboardInterrupt):  # whoever interrupts the end of a process wants no traceback
        _write(finder)


def _write(finder: _Finder) -> None:
    """Write the code of this process and of earlier ones, if much of it is new."""
    new = {
        name: facts
        for name, module in list(sys.modules.items())
        if not finder.has(name) and (facts := _facts_of_module(name, module)) is not None
    }
    new_methods = kept_methods.new_methods()
    if len(new) + len(new_methods) <= _MOST_MISSING:
        return
    methods = kept_methods.all_methods()
    if len(methods) > _MOST_METHODS:
        methods = new_methods
    parts = []
    index: dict[str, tuple[object, ...]] = {}
    begin = 0
    for name, (kept, code) in {**finder.unchanged(), **new}.items():
        index[name] = tuple(kept._replace(begin=begin, length=len(code)))
        parts.append(code)
        begin += len(code)
    head = marshal.dumps((index, methods))
    with suppress(*_UNREADABLE):
        file = _file()
        file.parent.mkdir(mode=PRIVATE_FOLDER, parents=True, exist_ok=True)
        require_own(file.parent)
        write_own(file, _HEAD.pack(len(head), zlib.crc32(head)), head, *parts)
        _delete_old(file.parent)


def _facts_of_module(name: str, module: ModuleType) -> tuple[_Kept, bytes] | None:
    """Return what is kept of a module and its code; None for one that Python has to look for."""
    spec, above = getattr(module, "__spec__", None), sys.modules.get(name.rpartition(".")[0])
    folders = list(getattr(above, "__path__", ()))
    if spec is None or spec.name != name or len(folders) != 1 or not spec.origin:
        return None
    if type(spec.loader) is not SourceFileLoader:
        return None
    try:
        code = spec.loader.get_code(name)
        facts = _facts_of(spec.origin)
        changed_at = os.stat(folders[0]).st_mtime_ns
    except (OSError, ImportError):
        return None
    is_package = spec.submodule_search_locations is not None
    kept = _Kept(0, 0, spec.origin, facts, folders[0], changed_at, is_package)
    return kept, marshal.dumps(code)


def _facts_of(source: str) -> tuple[int, int]:
    found = os.stat(source)
    return found.st_mtime_ns, found.st_size


def _delete_old(folder: Path) -> None:
    files = sorted(folder.iterdir(), key=lambda file: file.stat().st_mtime, reverse=True)
    for file in files[_MOST_FILES:]:
        file.unlink(missing_ok=True)
