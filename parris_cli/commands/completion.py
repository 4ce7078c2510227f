"""`parris completion`: prints a completion script for a shell."""

import argparse

from parris_cli.commands.command import Command

SHELLS = ("bash", "zsh", "fish")

_ABOUT = """\
Print a script with which a shell completes the commands and options of `parris` on TAB.
"""

_EXAMPLES = """\
examples:
  eval "$(parris completion bash)"
      in ~/.bashrc
  eval "$(parris completion zsh)"
      in ~/.zshrc, after compinit
  parris completion fish > ~/.config/fish/completions/parris.fish
          run once
"""


def _add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("shell", choices=SHELLS, metavar="SHELL", help=", ".join(SHELLS))


def _call(found: argparse.Namespace) -> int:
    from parris_cli.command_line import make_parser
    from parris_cli.shell_completion import completion_script

    print(completion_script(found.shell, make_parser()), end="")
    return 0


COMPLETION = Command(
    "completion",
    "print the completion script for bash, zsh or fish",
    _ABOUT,
    _EXAMPLES,
    _add_arguments,
    _call,
)
