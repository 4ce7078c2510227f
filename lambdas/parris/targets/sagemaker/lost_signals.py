"""Whether a script that saves on SIGTERM would receive it: SageMaker signals the entry alone.

A shell keeps the signal to itself unless `exec` has put the script in its place, and so does
SageMaker's training toolkit. The script is then killed after 120 s, without having saved. An
entrypoint of ours is never one of these, so only an entrypoint of the config can be.
"""

from __future__ import annotations

import re
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

_HANDLER = re.compile(
    r"\b(?:signal|add_signal_handler)\s*\(\s*(?:signal\.)?SIGTERM\b"
    r"|^\s*trap\s+(?!-|''|\"\")\S.*\b(?:SIG)?TERM\b",
    re.MULTILINE,
)
_SHELLS = frozenset({"sh", "bash", "dash", "ash", "zsh", "ksh"})
_TOOLKIT = frozenset({"train", "sm_train.sh", "sagemaker_training.cli.train"})
_BETWEEN_COMMANDS = re.compile(r"&&|\|\||[;|&]")


def lost_signal_warning(entrypoint: Sequence[str], filename: str, script: str) -> str:
    """Return a warning if the script handles SIGTERM but would not get it; empty otherwise.

    Args:
        entrypoint: the entrypoint of the config.
        filename: the name of the training script.
        script: its text.
    """
    keeper = _keeper_of_signals(entrypoint, filename) if _HANDLER.search(script) else ""
    if not keeper:
        return ""
    return (
        f"{filename} handles SIGTERM, but never receives it: SageMaker sends it to {keeper} alone."
        " Let the shell `exec` the script, or leave out entrypoint"
    )


def _keeper_of_signals(entrypoint: Sequence[str], filename: str) -> str:
    if not entrypoint:
        return ""
    program = PurePosixPath(entrypoint[0]).name
    if program in _TOOLKIT or not _TOOLKIT.isdisjoint(entrypoint[1:]):
        return "the training toolkit"
    if program not in _SHELLS:
        return ""
    flags = [word for word in entrypoint[1:] if word.startswith("-")]
    first = next((word for word in entrypoint[1:] if not word.startswith("-")), "")
    if not any("c" in flag for flag in flags if not flag.startswith("--")):
        is_script = PurePosixPath(first).name == PurePosixPath(filename).name
        return "" if is_script else f"the shell that runs {first}"
    commands = [part.strip() for part in _BETWEEN_COMMANDS.split(first) if part.strip()]
    # A shell that is given a single command becomes it.
    becomes_it = len(commands) == 1 or any(one.startswith("exec ") for one in commands)
    return "" if becomes_it else f"the shell {program}"
