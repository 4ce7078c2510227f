"""Finds out whether a script that saves on SIGTERM would ever receive it.

SageMaker sends SIGTERM to the entry alone. A shell and the training toolkit keep it to themselves,
so that the script's handler never runs, and after 120 s the script is killed.
"""

import re
from collections.abc import Sequence
from pathlib import PurePosixPath

_PYTHON_HANDLER = re.compile(r"\b(?:signal|add_signal_handler)\s*\(\s*(?:signal\.)?SIGTERM\b")
_SHELL_HANDLER = re.compile(r"^\s*trap\s+(?!-|''|\"\")\S.*\b(?:SIG)?TERM\b", re.MULTILINE)
_SHELLS = ("sh", "bash", "dash", "ash", "zsh", "ksh")
_TOOLKIT_COMMANDS = ("train", "sm_train.sh")
_TOOLKIT_MODULES = ("sagemaker_training", "sagemaker_training.cli.train")
_SEPARATORS = re.compile(r"&&|\|\||[;|&\n]")


def has_handler(script: str, is_shell: bool) -> bool:
    """Return whether a script's text sets a handler for SIGTERM."""
    return bool((_SHELL_HANDLER if is_shell else _PYTHON_HANDLER).search(script))


def find_swallower(command: Sequence[str], script_name: str) -> str:
    """Return what in a command line keeps SIGTERM from the script; empty if it arrives.

    Args:
        command: the entry, ["/bin/sh", "-c", "pip install x && python3 train.py"] for example.
        script_name: the script's path, as the command line has it.
    """
    if not command:
        return ""
    program = PurePosixPath(command[0]).name
    if program in _TOOLKIT_COMMANDS or any(one in _TOOLKIT_MODULES for one in command):
        return "SageMaker's training toolkit"
    if program not in _SHELLS:
        return ""
    flags = [word for word in command[1:] if word.startswith("-")]
    if not any("c" in flag for flag in flags if not flag.startswith("--")):
        runs = next((word for word in command[1:] if not word.startswith("-")), "")
        return "" if _is_same(runs, script_name) else f"the shell script {runs}"
    line = next((word for word in command[1:] if not word.startswith("-")), "")
    parts = [part.strip() for part in _SEPARATORS.split(line) if part.strip()]
    # A shell that is given a single command replaces itself with it.
    if len(parts) == 1 or any(
        part.startswith("exec ") and PurePosixPath(script_name).name in part for part in parts
    ):
        return ""
    return f"the shell {program}, which starts the script without `exec`"


def warning_of(command: Sequence[str], script_name: str, script: str) -> str:
    """Return a warning about a handler that would never run; empty if there is none."""
    is_shell = not script_name.endswith(".py")
    if not has_handler(script, is_shell):
        return ""
    swallower = find_swallower(command, script_name)
    if not swallower:
        return ""
    return (
        f"{script_name} handles SIGTERM, but on SageMaker its handler never runs: SIGTERM goes to "
        f"{swallower} alone. Let `exec` start the script, or make it the entrypoint"
    )


def _is_same(runs: str, script_name: str) -> bool:
    return PurePosixPath(runs).name == PurePosixPath(script_name).name
