"""Stores a function's package and its merged layers on disk, once for each content.

What was not used for two weeks is deleted when something new is stored.
"""

import functools
import hashlib
import io
import os
import shutil
import zipfile
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path

from embedded_aws.cache_folder import cache_folder, host_tag
from embedded_aws.clock.machine_time import machine_time
from embedded_aws.functions.build_once import build_once
from embedded_aws.functions.host_wheels import fits_host, install_for_host
from embedded_aws.owned_folder import PREFIX, owned_folder
from embedded_aws.packaging.build_layer import build_unpacked, is_to_build

_KEPT_SECONDS = 14 * 24 * 3600.0


def functions_folder() -> Path:
    """Return the folder for what functions import on this machine, by whatever embedded AWS."""
    return cache_folder() / "functions" / host_tag()


def unpack_code(archive: bytes, folder: Path) -> Path:
    """Unpack a function's zip below `folder` and return the path."""
    target = folder / _digest_of(archive).hex()[:16]
    return kept_folder(target, lambda building: _unzip(archive, building))


def merge_layers(archives: Sequence[bytes], folder: Path) -> Path:
    """Unpack layers on top of each other, as in /opt, and return the merged folder.

    If a layer's `python` folder has wheels for another Python or platform, and the layer contains
    its `requirements.txt`, those packages are installed for this machine instead.
    """
    digest = hashlib.sha256(b"links")
    for archive in archives:
        digest.update(_digest_of(archive))

    def build(building: Path) -> None:
        building.mkdir()
        for archive in archives:
            layer = kept_folder(folder / f"of-{_digest_of(archive).hex()[:16]}", _one(archive))
            # Links: it takes little to see that two functions have the same files.
            shutil.copytree(layer, building, copy_function=_link, dirs_exist_ok=True)

    return kept_folder(folder / digest.hexdigest()[:16], build)


def kept_folder(target: Path, build: Callable[[Path], object]) -> Path:
    """Return a folder that `build` makes unless it is there, and note that it was used."""
    try:
        os.utime(target)
    except FileNotFoundError:
        build_once(target, build)
        _forget_unused(target.parent)
    return target


@functools.lru_cache(maxsize=64)  # called by each invocation, and a layer has some megabytes
def _digest_of(archive: bytes) -> bytes:
    return hashlib.sha256(archive).digest()


def _one(archive: bytes) -> Callable[[Path], None]:
    def build(layer: Path) -> None:
        _unzip(archive, layer)
        if is_to_build(layer):
            built = build_unpacked(layer)
            shutil.rmtree(layer)
            _unzip(built, layer)
        packages, requirements = layer / "python", layer / "requirements.txt"
        if requirements.is_file() and packages.is_dir() and not fits_host(packages):
            shutil.rmtree(packages)
            shutil.copytree(install_for_host(requirements), packages)

    return build


def _link(source: str, target: str) -> None:
    """Link a file; a later layer's file takes the place of an earlier one's."""
    with suppress(FileNotFoundError):
        os.unlink(target)
    try:
        os.link(source, target)
    except OSError:  # the file system has no such links
        shutil.copy2(source, target)


def _forget_unused(folder: Path) -> None:
    oldest = machine_time() - _KEPT_SECONDS
    # Renamed before it is deleted, so that nobody finds a half-deleted folder.
    with owned_folder(folder) as away:
        for unpacked in folder.iterdir():
            if unpacked.name.startswith(PREFIX):
                continue
            with suppress(FileNotFoundError):  # another process was faster
                if unpacked.stat().st_mtime < oldest:
                    os.rename(unpacked, away / unpacked.name)


def _unzip(archive: bytes, folder: Path) -> None:
    with zipfile.ZipFile(io.BytesIO(archive)) as opened:
        opened.extractall(folder)
        for entry in opened.infolist():
            permissions = entry.external_attr >> 16 & 0o777
            if permissions and not entry.is_dir():
                (folder / entry.filename).chmod(permissions)
