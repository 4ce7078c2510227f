"""A terminal that understands what the command may send to one, and refuses all else."""

import io
import re

from parris_cli.terminal.cells import cell_width

_SEQUENCE = re.compile(r"\x1b\[([0-9;]*)([A-Za-z])")


class EmulatedTerminal(io.StringIO):
    """A stream whose writes become rows of so many columns, as a person sees them.

    Args:
        columns: how wide it is.
        encoding: of the stream.
    """

    def __init__(self, columns: int = 80, encoding: str = "utf-8") -> None:
        super().__init__()
        self.columns = columns
        self._encoding = encoding
        self.raw = ""
        self._rows = [""]
        self._row = 0
        self._column = 0

    @property
    def encoding(self) -> str:  # type: ignore[override]
        return self._encoding

    @property
    def rows(self) -> list[str]:
        """What is seen, without empty rows at the end."""
        return "\n".join(self._rows).rstrip("\n").split("\n")

    def isatty(self) -> bool:
        return True

    def narrow_to(self, columns: int) -> None:
        """Break rows that do not fit any more, the cursor's with them, as most terminals do."""
        rows = []
        for row in self._rows:
            pieces = [row[at : at + columns] for at in range(0, max(len(row), 1), columns)]
            rows += pieces
        self.columns, self._rows = columns, rows
        self._row, self._column = len(rows) - 1, len(rows[-1])

    def write(self, text: str) -> int:
        text.encode(self.encoding)
        self.raw += text
        place = 0
        while place < len(text):
            found = _SEQUENCE.match(text, place)
            if found:
                self._obey(found[1], found[2])
                place = found.end()
                continue
            self._put(text[place])
            place += 1
        return len(text)

    def _obey(self, parameters: str, final: str) -> None:
        if final == "m":
            return
        assert final in "AJK", f"unknown control sequence {parameters}{final}"
        if final == "A":
            self._row = max(0, self._row - int(parameters or 1))
            return
        assert parameters == ""
        self._rows[self._row] = self._rows[self._row][: self._column]
        if final == "J":
            del self._rows[self._row + 1 :]

    def _put(self, char: str) -> None:
        assert char == "\n" or char == "\r" or char >= " ", f"control character {char!r}"
        if char == "\r":
            self._column = 0
            return
        if char == "\n" or cell_width(self._rows[self._row]) + cell_width(char) > self.columns:
            self._row, self._column = self._row + 1, 0
            if self._row == len(self._rows):
                self._rows.append("")
        if char != "\n":
            row = self._rows[self._row]
            assert self._column <= len(row)
            self._rows[self._row] = row[: self._column] + char + row[self._column + 1 :]
            self._column += 1
