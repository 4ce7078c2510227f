"""A pseudo-terminal of the operating system, and what a person sees in it."""

import fcntl
import os
import pty
import re
import struct
import subprocess
import sys
import termios
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path
from typing import Any, TextIO

from tests.end_to_end.command import PARRIS
from tests.parris_cli.terminal.emulated_terminal import EmulatedTerminal
from tests.patience import PATIENCE_SECONDS

_LINES = 40
_FIGURE = re.compile(r"[\d.,:%]+")
_STYLE = re.compile(r"\x1b\[[\d;]*[A-Za-z]")
_COLOUR, _PLAIN = re.compile(r"\x1b\[[\d;]*m"), "\x1b[0m"
# What is copied whole, such as an ARN, a path or an option of a command.
_COPIED = re.compile(r"[/:=]|^-")
# A line of a script's log, or of a script for a shell.
_LITERAL = re.compile(r" *(?:\| |\[\[ )")
_CTRL_C = b"\x03"
# Takes standard input as the terminal of its session, to which Ctrl-C is sent. What runs in the
# background, as the tests may, ignores SIGINT, and so would its children.
_IN_TERMINAL = """\
import fcntl, os, signal, sys, termios
signal.signal(signal.SIGINT, signal.default_int_handler)
fcntl.ioctl(0, termios.TIOCSCTTY, 0)
os.execv(sys.argv[1], sys.argv[1:])
"""


class PseudoTerminal:
    """A terminal of so many columns, read by a thread until nobody writes to it any more."""

    def __init__(self, columns: int) -> None:
        self.columns = columns
        self._master, self.slave = pty.openpty()
        size = struct.pack("HHHH", _LINES, columns, 0, 0)
        fcntl.ioctl(self.slave, termios.TIOCSWINSZ, size)
        self._settings = termios.tcgetattr(self._master)
        self._settings_at_end: list[Any] = []
        self._read = bytearray()
        self._has_more = threading.Condition()
        self._reader = threading.Thread(target=self._read_all, daemon=True)
        self._reader.start()

    @property
    def raw(self) -> str:
        """What was written so far."""
        with self._has_more:
            return bytes(self._read).decode()

    def stream(self) -> TextIO:
        """Return the side that a program writes to; closing it ends the terminal."""
        return open(self.slave, "w", encoding="utf-8")

    def press_ctrl_c(self) -> None:
        """Press Ctrl-C: the kernel signals the programs of the terminal, and shows ^C."""
        os.write(self._master, _CTRL_C)

    def wait_for(self, words: str) -> None:
        """Wait until these words were written."""
        with self._has_more:
            found = self._has_more.wait_for(
                lambda: words.encode() in self._read or not self._reader.is_alive(),
                PATIENCE_SECONDS,
            )
        assert found and words in self.raw, self.raw

    def shown(self) -> list[str]:
        """Return the rows at the end, once everything was written.

        The terminal is as it was: with its settings, and in its own colours.
        """
        self._reader.join(PATIENCE_SECONDS)
        assert self._settings_at_end == self._settings
        assert [_PLAIN, *_COLOUR.findall(self.raw)][-1] == _PLAIN
        screen = EmulatedTerminal(self.columns)
        screen.write(self.raw)
        _has_no_broken_figure(screen)
        _has_no_broken_word(self.raw, self.columns)
        return screen.rows

    def _read_all(self) -> None:
        while True:
            try:
                data = os.read(self._master, 65536)
            except OSError:  # Linux's way to say that the other side is closed
                data = b""
            with self._has_more:
                self._read += data
                self._has_more.notify_all()
            if not data:
                self._settings_at_end = termios.tcgetattr(self._master)
                os.close(self._master)
                return


@contextmanager
def command_in(
    terminal: PseudoTerminal,
    words: Sequence[str],
    environment: Mapping[str, str] | None = None,
    folder: Path | None = None,
) -> Iterator[subprocess.Popen[str]]:
    """Run `parris` as a process of its own whose keyboard and screen are this terminal.

    Its standard output is a pipe. Without an environment and a folder it has those of this process.
    """
    with subprocess.Popen(
        [sys.executable, "-c", _IN_TERMINAL, PARRIS, *words],
        start_new_session=True,
        stdin=terminal.slave,
        stdout=subprocess.PIPE,
        stderr=terminal.slave,
        text=True,
        cwd=folder or Path.cwd(),
        env=environment,
    ) as process:
        os.close(terminal.slave)
        yield process
        process.kill()


def _has_no_broken_figure(screen: EmulatedTerminal) -> None:
    """No number continues in the next row. What has to be copied, such as an ARN, may."""
    rows = screen.rows
    for row, following in pairwise(rows):
        if len(row) == screen.columns and row[-1] != " " and following[:1].strip():
            word = row.split(" ")[-1] + following.split(" ")[0]
            assert not _FIGURE.fullmatch(word), f"{row}\n{following}"


def _has_no_broken_word(raw: str, columns: int) -> None:
    """No word of a sentence continues in the next row."""
    for line in re.split(r"[\r\n]+", _STYLE.sub("", raw)):
        if _LITERAL.match(line):
            continue
        for end in range(columns, len(line), columns):
            before, after = line[:end].split(" ")[-1], line[end:].split(" ")[0]
            is_broken = before and after and not _COPIED.search(before + after)
            assert not is_broken, f"{before}{after} is broken in: {line}"
