"""Keeps what processes are forked from for the next embedded AWS of this process.

Its imports take a second of processor time. Whoever starts many in one process, as a run of tests
does, asks for it; otherwise nothing of an embedded AWS is left when it has stopped.
"""

from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol


class Kept(Protocol):
    """A fork server, or what has one."""

    def is_running(self) -> bool:
        """Return whether its process still runs."""

    def close(self) -> None:
        """End it and all its forks."""


_folders: list[Path | None] = []
_kept: dict[Hashable, Kept] = {}


@contextmanager
def keeping_fork_servers(folder: Path | None) -> Iterator[None]:
    """Keep the fork servers of each embedded AWS that stops in the block, and end them with it.

    Args:
        folder: for their files, and must exist; None keeps none, whatever is around the block.
    """
    _end_all()
    _folders.append(folder)
    try:
        yield
    finally:
        _folders.pop()
        _end_all()


def folder_of_kept() -> Path | None:
    """Return the folder for files of fork servers that are kept; None if none are."""
    return _folders[-1] if _folders else None


@contextmanager
def offering(key: Hashable, start: Callable[[], Kept]) -> Iterator[None]:
    """Start one for the first embedded AWS in the block, unless one is kept for it already.

    If none takes it, it ends with the block.
    """
    if key in _kept:
        yield
        return
    offered = _kept[key] = start()
    try:
        yield
    finally:
        if folder_of_kept() is None and _kept.get(key) is offered:
            del _kept[key]
            offered.close()


def take(key: Hashable) -> Kept | None:
    """Return the one that was handed back under a key, which has no forks; None if none was."""
    kept = _kept.pop(key, None)
    if kept is None or kept.is_running():
        return kept
    kept.close()
    return None


def hand_back(key: Hashable, server: Kept) -> None:
    """Keep a fork server whose forks have ended, or end it."""
    if folder_of_kept() is not None and key not in _kept and server.is_running():
        _kept[key] = server
    else:
        server.close()


def _end_all() -> None:
    while _kept:
        _, kept = _kept.popitem()
        kept.close()
