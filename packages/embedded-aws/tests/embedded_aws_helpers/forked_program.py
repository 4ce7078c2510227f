"""A program of a fork server: runs the given Python source with the remaining arguments."""

import sys
from collections.abc import Mapping, Sequence


def preload(arguments: Sequence[str]) -> None:
    import decimal  # noqa: F401 - something that a new process has not imported


def may_run(arguments: Sequence[str], environment: Mapping[str, str]) -> bool:
    return "NOT_FORKED" not in environment


def run(arguments: Sequence[str]) -> None:
    text, *words = arguments
    sys.argv = ["program", *words]
    exec(text, {"__name__": "__main__"})
