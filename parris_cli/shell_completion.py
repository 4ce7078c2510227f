"""Completion scripts for shells, generated from the parser."""

from __future__ import annotations

import argparse
import shlex
from dataclasses import dataclass
from typing import TYPE_CHECKING

from parris_cli.commands.job_reference import JOB

if TYPE_CHECKING:
    from collections.abc import Iterator

# What the deployment of the shell's account has; nothing where there is none. It is quick.
_LIST_JOBS = "parris completion jobs 2>/dev/null"


@dataclass(frozen=True, slots=True)
class _Level:
    """A command (none, `run`, `aws up`) and what may follow it, each with its help."""

    path: tuple[str, ...]
    commands: dict[str, str]
    options: dict[str, str]
    valued: frozenset[str]
    """Options that take a value."""
    takes_jobs: bool = False
    """Whether started jobs may follow."""


def completion_script(shell: str, parser: argparse.ArgumentParser) -> str:
    """Return the script for a shell to evaluate.

    Args:
        shell: bash, zsh or fish.
        parser: the parser of the whole command.
    """
    levels = list(_levels(parser, ()))
    return {"bash": _bash, "zsh": _zsh, "fish": _fish}[shell](levels)


def _levels(parser: argparse.ArgumentParser, path: tuple[str, ...]) -> Iterator[_Level]:
    inner: dict[str, argparse.ArgumentParser] = {}
    commands: dict[str, str] = {}
    options: dict[str, str] = {}
    valued = set()
    takes_jobs = False
    # argparse has no public way to list the arguments of a parser.
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            inner = dict(action.choices)
            commands = {one.dest: one.help or "" for one in action._choices_actions}
        elif not action.option_strings and action.choices:
            commands = dict.fromkeys(map(str, action.choices), "")
        takes_jobs |= action.metavar == JOB
        for option in action.option_strings:
            if option.startswith("--"):
                options[option] = action.help or ""
                valued |= {option} if action.nargs != 0 else set()
    yield _Level(path, commands, options, frozenset(valued), takes_jobs)
    for name, one in inner.items():
        yield from _levels(one, (*path, name))


def _bash(levels: list[_Level]) -> str:
    # The words before the completed one, without options, name the command. If nothing is found,
    # bash completes a file name (-o default).
    return f"""\
_parris() {{
    local current=${{COMP_WORDS[COMP_CWORD]}} before=${{COMP_WORDS[COMP_CWORD - 1]}}
    local path="" words="" word
    for word in "${{COMP_WORDS[@]:1:COMP_CWORD - 1}}"; do
        case "$path $word" in
{_cases(levels, '            "{path}") path="{path}" ;;')}
        esac
    done
    case "$path:$before" in
{_value_cases(levels)}
    esac
    case "$path" in
{_word_cases(levels)}
    esac
    COMPREPLY=($(compgen -W "$words" -- "$current"))
}}
complete -o default -F _parris parris
"""


def _zsh(levels: list[_Level]) -> str:
    return f"""\
_parris() {{
    local before=${{words[CURRENT - 1]}} path_="" word
    local -a found
    for word in "${{(@)words[2,CURRENT - 1]}}"; do
        case "$path_ $word" in
{_cases(levels, '            "{path}") path_="{path}" ;;')}
        esac
    done
    case "$path_:$before" in
{_value_cases(levels, "_files; return")}
    esac
    case "$path_" in
{_described_cases(levels)}
    esac
    if [[ ${{words[CURRENT]}} == -* || ${{#found}} -gt 0 && ${{found[1]}} != --* ]]; then
        _describe 'parris' found
    else
        _files
    fi
}}
compdef _parris parris
"""


def _fish(levels: list[_Level]) -> str:
    lines = []
    for level in levels:
        known = " ".join(level.commands)
        seen = "; and ".join(f"__fish_seen_subcommand_from {word}" for word in level.path)
        for command, words in level.commands.items():
            unseen = f"not __fish_seen_subcommand_from {known}"
            condition = f"{seen}; and {unseen}" if seen else unseen
            lines.append(f"complete -c parris -f -n {shlex.quote(condition)} -a {command}")
            lines[-1] += f" -d {_fish_quoted(words)}" if words else ""
        if level.takes_jobs:
            lines.append(f"complete -c parris -f -n {shlex.quote(seen)} -a '({_LIST_JOBS})'")
        for option, words in level.options.items():
            line = f"complete -c parris -l {option.removeprefix('--')}"
            line += f" -n {shlex.quote(seen)}" if seen else " -n __fish_use_subcommand"
            line += " -r" if option in level.valued else ""
            lines.append(f"{line} -d {_fish_quoted(words)}")
    return "\n".join(lines) + "\n"


def _path(level: _Level) -> str:
    return "".join(f" {word}" for word in level.path)


def _cases(levels: list[_Level], form: str) -> str:
    return "\n".join(form.format(path=_path(one)) for one in levels if one.path)


def _value_cases(levels: list[_Level], then: str = "COMPREPLY=(); return") -> str:
    """Return cases for words that are the value of an option: file names, if anything."""
    return "\n".join(
        f'        "{_path(one)}:{option}") {then} ;;'
        for one in levels
        for option in sorted(one.valued)
    )


def _word_cases(levels: list[_Level]) -> str:
    lines = []
    for one in levels:
        lines.append(f'        "{_path(one)}")')
        words = f"$({_LIST_JOBS})" if one.takes_jobs else " ".join(one.commands)
        lines.append(f'            [[ $current != -* ]] && words="{words}"')
        lines.append(f'            [[ $current == -* ]] && words="{" ".join(one.options)}" ;;')
    return "\n".join(lines)


def _described_cases(levels: list[_Level]) -> str:
    lines = []
    for one in levels:
        commands = " ".join(_zsh_described(*item) for item in one.commands.items())
        options = " ".join(_zsh_described(*item) for item in one.options.items())
        lines.append(f'        "{_path(one)}")')
        found = f'${{(f)"$({_LIST_JOBS})"}}' if one.takes_jobs else commands
        lines.append(f"            [[ ${{words[CURRENT]}} != -* ]] && found=({found})")
        lines.append(f"            [[ ${{words[CURRENT]}} == -* ]] && found=({options}) ;;")
    return "\n".join(lines)


def _zsh_described(word: str, words: str) -> str:
    text = " ".join(words.replace("%%", "%").split())
    return shlex.quote(f"{word}:{text}" if text else word)


def _fish_quoted(words: str) -> str:
    text = " ".join(words.replace("%%", "%").split())
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"
