"""Copies the output of a process into the job's log."""

from __future__ import annotations

import os
import select
import subprocess
import threading
from contextlib import suppress
from pathlib import Path

from runner_log import TrainerLog

_LOG_TICK_SECONDS = 1.0
_PIECE_BYTES = 65536


def start_process(
    command: list[str], folder: Path, environment: dict[str, str]
) -> subprocess.Popen[bytes]:
    """Start a process in its own process group, with its output in one pipe.

    Raises:
        OSError: if the command cannot be started.
    """
    return subprocess.Popen(
        command,
        cwd=folder,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        start_new_session=True,
    )


def log_output(process: subprocess.Popen[bytes], log: TrainerLog) -> threading.Thread:
    """Start the thread that logs the output of a process, and return it."""
    reader = threading.Thread(target=read_output, args=(process, log), daemon=True)
    reader.start()
    return reader


def read_output(process: subprocess.Popen[bytes], log: TrainerLog) -> None:
    """Log the output of a process until no process has the pipe open any more."""
    assert process.stdout is not None
    output = process.stdout.fileno()
    ready = select.poll()
    ready.register(output, select.POLLIN)
    while True:
        try:
            if not ready.poll(_LOG_TICK_SECONDS * 1000):
                with suppress(Exception):
                    log.tick()
                continue
            piece = os.read(output, _PIECE_BYTES)
        except (OSError, ValueError):
            return
        if not piece:
            return
        # Ignore all errors: a script blocks if nobody reads its output.
        with suppress(Exception):
            log.write(piece)
