"""docs/commands.md: every command of `parris` with its arguments, from the parser."""

from __future__ import annotations

import argparse
from collections.abc import Iterator

_HEAD = """\
# The command

<!-- Written by `make docs` from the parser of `parris`: change that, not this. -->

`parris COMMAND --help` shows the same in a terminal. `parris completion` prints a script that
completes commands and options on TAB.
"""


def commands_page(parser: argparse.ArgumentParser) -> str:
    """Return the whole page for a parser."""
    sections = [_section(prog, one) for prog, one in _commands(parser)]
    return "\n".join([_HEAD, *sections]).rstrip() + "\n"


def _commands(parser: argparse.ArgumentParser) -> Iterator[tuple[str, argparse.ArgumentParser]]:
    """Yield each command's name and parser, a command before its subcommands."""
    for places in _subparsers(parser):
        for one in places.choices.values():
            yield one.prog, one
            yield from _commands(one)


def _subparsers(
    parser: argparse.ArgumentParser,
) -> list[argparse._SubParsersAction[argparse.ArgumentParser]]:
    return [one for one in parser._actions if isinstance(one, argparse._SubParsersAction)]


def _section(prog: str, parser: argparse.ArgumentParser) -> str:
    level = "##" if prog.count(" ") == 1 else "###"
    # Markdown would take <name> for a tag and show nothing.
    parts = [f"{level} {prog}", (parser.description or "").strip().replace("<", "\\<")]
    # Subcommands have sections of their own, and every command has --help.
    own = [
        one
        for one in parser._actions
        if not isinstance(one, argparse._SubParsersAction | argparse._HelpAction)
        and one.help != argparse.SUPPRESS
    ]
    if own:
        parts.append("\n".join(["| Argument | Meaning |", "|---|---|", *map(_row, own)]))
    if parser.epilog:
        parts.append(f"```text\n{parser.epilog.strip()}\n```")
    return "\n\n".join(parts) + "\n"


def _row(argument: argparse.Action) -> str:
    value = argument.metavar or (argument.dest.upper() if argument.nargs != 0 else "")
    name = value if isinstance(value, str) else " ".join(value)
    if argument.option_strings:
        first, *others = sorted(argument.option_strings, key=len, reverse=True)
        spelled = ", ".join([f"`{first} {name}`" if name else f"`{first}`", *map(_code, others)])
    else:
        spelled = f"`{name}`" + (" (optional)" if argument.nargs in ("?", "*") else "")
    return f"| {_cell(spelled)} | {_cell(argument.help or '')} |"


def _code(text: str) -> str:
    return f"`{text}`"


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("%%", "%").replace("<", "\\<")
