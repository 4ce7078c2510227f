"""Mounts a folder on /opt/ml, and a hosts file, in a user and mount namespace of this process.

Only this process and what it starts see the mount. It works without Docker and without being root
where Linux lets users create namespaces. Must be called before the process has threads.
"""

import ctypes
import os
import sys
from pathlib import Path

from embedded_aws.local_container.host_names import HOSTS_FILE

OPT_ML = Path("/opt/ml")
_NEW_MOUNTS, _NEW_USERS = 0x00020000, 0x10000000
_BIND, _RECURSIVE, _PRIVATE = 4096, 16384, 1 << 18
_DETACH = 2


def mount_on_opt_ml(folder: Path, spare: Path) -> None:
    """Make /opt/ml this folder, for this process and what it starts.

    Args:
        folder: the folder.
        spare: an empty folder, which is needed if /opt/ml does not exist.

    Raises:
        OSError: when the system does not allow it.
    """
    _enter_namespaces()
    _mount(None, "/", flags=_RECURSIVE | _PRIVATE)
    if not OPT_ML.is_dir():
        _make_opt_ml(spare)
    _mount(folder, OPT_ML, flags=_BIND | _RECURSIVE)


def mount_on_hosts_file(file: Path) -> None:
    """Make /etc/hosts this file, after a folder was mounted; nothing where there is none.

    Raises:
        OSError: when the system does not allow it.
    """
    if HOSTS_FILE.is_file():
        _mount(file, HOSTS_FILE.resolve(), flags=_BIND)


def _enter_namespaces() -> None:
    if sys.platform != "linux":
        raise OSError(f"{sys.platform} has no mount namespaces")
    try:
        _call("unshare", _NEW_MOUNTS)  # root needs no user namespace
        return
    except OSError:
        user, group = os.geteuid(), os.getegid()
        _call("unshare", _NEW_USERS | _NEW_MOUNTS)
    # The same user inside, so that the entry has no rights that this user does not have.
    Path("/proc/self/setgroups").write_text("deny")
    Path("/proc/self/uid_map").write_text(f"{user} {user} 1")
    Path("/proc/self/gid_map").write_text(f"{group} {group} 1")


def _make_opt_ml(spare: Path) -> None:
    """Replace /opt by a file system in memory that shows everything that was in it."""
    opt = OPT_ML.parent
    _mount(opt, spare, flags=_BIND | _RECURSIVE)
    _mount("tmpfs", opt, kind="tmpfs")
    for shown in spare.iterdir():
        place = opt / shown.name
        if shown.is_symlink():
            place.symlink_to(shown.readlink())
        elif shown.is_dir():
            place.mkdir()
            _mount(shown, place, flags=_BIND | _RECURSIVE)
        else:
            place.touch()
            _mount(shown, place, flags=_BIND)
    OPT_ML.mkdir()
    _call("umount2", os.fsencode(spare), _DETACH)


def _mount(
    source: Path | str | None, target: Path | str, *, kind: str = "", flags: int = 0
) -> None:
    given = None if source is None else os.fsencode(source)
    _call("mount", given, os.fsencode(target), kind.encode() or None, flags, None)


def _call(name: str, *arguments: object) -> None:
    function = getattr(ctypes.CDLL(None, use_errno=True), name)
    given = [ctypes.c_ulong(one) if isinstance(one, int) else one for one in arguments]
    if function(*given) != 0:
        code = ctypes.get_errno()
        raise OSError(code, f"{name}: {os.strerror(code)}")
