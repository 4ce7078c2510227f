"""The command line of a container's entry, and the training script in it."""

import re
from collections.abc import Iterable
from pathlib import Path

from embedded_aws.local_container.variables import OPT_ML

_OPT_ML = re.compile(r"(?<![\w./-])/opt/ml(?![\w.-])")
_SCRIPT = re.compile(r"[^\s\"';|&()]+\.(?:py|sh|bash)(?![\w.])")


def relocate(text: str, base: str) -> str:
    """Return a text with another folder in place of /opt/ml."""
    return text if base == OPT_ML else _OPT_ML.sub(lambda _: base, text)


def find_script(command: Iterable[str], ml_folder: Path) -> tuple[str, Path] | None:
    """Return the last script of a job's own that a command line names.

    Args:
        command: the command line, with paths below /opt/ml.
        ml_folder: the folder for /opt/ml.

    Returns:
        Its path below /opt/ml, and the file; None if there is none.
    """
    code = f"{OPT_ML}/input/data/code"
    for name in reversed([name for word in command for name in _SCRIPT.findall(word)]):
        path = name if name.startswith("/") else f"{code}/{name.removeprefix('./')}"
        if path.startswith(f"{OPT_ML}/"):
            file = ml_folder / path.removeprefix(f"{OPT_ML}/")
            if file.is_file():
                return path, file
    return None
