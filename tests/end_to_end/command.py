"""The `parris` command as a process of its own, with a home that marks all of its processes."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from embedded_aws.cache_folder import CACHE_FOLDER_VARIABLE, cache_folder
from tests.patience import PATIENCE_SECONDS

PARRIS = Path(sys.executable).with_name("parris")


def environment(home: Path) -> dict[str, str]:
    """Return the environment of a command whose home is that folder."""
    place = {"PATH": os.environ["PATH"], "HOME": str(home), "TMPDIR": str(home / "tmp")}
    # What was built once for this machine need not be built again for each empty home.
    return {**place, CACHE_FOLDER_VARIABLE: str(cache_folder())}


@contextmanager
def started(*arguments: str, home: Path, folder: Path) -> Iterator[subprocess.Popen[str]]:
    """Start `parris` with these arguments in a folder, and kill it at the end of the block."""
    with subprocess.Popen(
        [PARRIS, *arguments],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=folder,
        env=environment(home),
        # As a terminal does it, the signal goes to every process of the command's group.
        start_new_session=True,
    ) as process:
        yield process
        process.kill()


def processes_of(home: Path) -> list[str]:
    """Return every process whose command or environment names the run's home."""
    show_environment = "-axEww" if sys.platform == "darwin" else "axeww"
    shown = subprocess.run(
        ["ps", show_environment, "-o", "pid=,command="], capture_output=True, text=True, check=True
    )
    return [line for line in shown.stdout.splitlines() if str(home) in line]


def none_is_left(home: Path) -> None:
    """Wait until no process of the run is left."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while (left := processes_of(home)) and time.monotonic() < deadline:
        time.sleep(0.2)
    assert left == []


def wait_for_words(stream: IO[str] | None, words: str) -> None:
    """Read until a line with these words."""
    assert stream is not None
    seen = []
    for line in stream:
        seen.append(line)
        if words in line:
            return
    raise AssertionError("".join(seen))
