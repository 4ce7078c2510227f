"""The parser of `parris`: help that fits the terminal, and errors that suggest what was meant."""

from __future__ import annotations

import argparse
import shutil
from typing import TYPE_CHECKING, Any, NoReturn

from parris.near_names import did_you_mean
from parris_cli.terminal.wrap import wrap_line

if TYPE_CHECKING:
    from collections.abc import Sequence

_LONGEST_LINE = 100


class HelpParser(argparse.ArgumentParser):
    """A parser of a command or of a part of one.

    Args:
        settings: those of ArgumentParser.
    """

    def __init__(self, **settings: Any) -> None:
        super().__init__(**settings, formatter_class=HelpFormatter)

    def parse_args(  # type: ignore[override]
        self, args: Sequence[str] | None = None, namespace: argparse.Namespace | None = None
    ) -> argparse.Namespace:
        """Return what the arguments say, or end the process with what is wrong with them."""
        found, unknown = self.parse_known_args(args, namespace)
        if unknown:
            used: HelpParser = getattr(found, "parser", self)
            known = used._option_string_actions
            meant = did_you_mean(unknown[0].partition("=")[0], known)
            used.error(f"not understood: {' '.join(unknown)}{meant}")
        return found

    def error(self, message: str) -> NoReturn:
        """Say what is wrong, and end the process."""
        columns = min(shutil.get_terminal_size().columns, _LONGEST_LINE)
        lines = wrap_line(f"parris  {message}", columns, indent=len("parris  "))
        self.exit(2, "\n".join([*lines, f"parris  {self.prog} --help says more", ""]))

    def _check_value(self, action: argparse.Action, value: Any) -> None:
        """Refuse an unknown command or choice. argparse would list all of them."""
        if action.choices is None or value in action.choices:
            return
        known = [str(one) for one in action.choices]
        expected = did_you_mean(str(value), known) or f"; expected one of {', '.join(known)}"
        raise argparse.ArgumentError(action, f"there is no {value!r}{expected}")


class HelpFormatter(argparse.HelpFormatter):
    """Wraps paragraphs to the terminal, and leaves examples as they are written."""

    def __init__(self, prog: str) -> None:
        columns = min(shutil.get_terminal_size().columns, _LONGEST_LINE)
        super().__init__(prog, width=columns - 1, max_help_position=26)

    def _fill_text(self, text: str, width: int, indent: str) -> str:
        paragraph: list[str] = []
        lines: list[str] = []
        for line in [*text.splitlines(), ""]:
            if line and not line.startswith(" "):
                paragraph.append(line)
                continue
            lines += wrap_line(" ".join(paragraph), width - len(indent), 0) if paragraph else []
            paragraph = []
            lines += wrap_line(line, width)
        return "\n".join(f"{indent}{line}".rstrip() for line in lines).strip("\n")
