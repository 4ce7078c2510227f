"""`parris completion`: prints a completion script for a shell."""

import argparse

from parris_cli.commands.command import Command

SHELLS = ("bash", "zsh", "fish")
_JOBS = "jobs"

_ABOUT = """\
Print a script with which a shell completes the commands and options of `parris` on TAB.

Where a JOB follows, it completes the ids of the newest jobs of your account, or of `parris run
--embedded` where there are no AWS credentials. It waits two seconds for them at most.
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
    parser.add_argument(
        "shell",
        choices=(*SHELLS, _JOBS),
        metavar="SHELL",
        help=f"{', '.join(SHELLS)}; {_JOBS} prints the ids of the newest jobs, as the scripts need",
    )


def _call(found: argparse.Namespace) -> int:
    if found.shell == _JOBS:
        from parris_cli.runs.newest_ids import print_newest_ids

        return print_newest_ids()
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
