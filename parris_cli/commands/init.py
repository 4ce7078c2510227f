"""`parris init`: writes a first config."""

import argparse
from pathlib import Path

from parris_cli.commands.command import Command, add_job_options, job_options

_ABOUT = """\
Write a config for a training script, with a few questions: name, instance type, limits, spot
instances or not, and whether a folder `data` is input data. With credentials, the subnets, security
groups, key pairs and roles of your account are listed to choose from; without a choice the
deployment's are used.

What you give as an option is not asked for. Without a terminal nothing is asked, and defaults are
used. The config is checked before it is written, and nothing is ever overwritten. Ctrl-C leaves no
file.
"""

_EXAMPLES = """\
examples:
  parris init
          asks for everything, and writes job.yaml
  parris init train.py --instance-type g5.xlarge --time-limit 10h --cost-limit 20
          asks for the rest
  parris init src/train.py --to gpu.yaml --offline
          another file; your account is not looked at

exit codes:
  0  the config was written
  2  it was not: the file is there already, or a value is invalid
"""


def _add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "script", nargs="?", type=Path, metavar="SCRIPT", help="the training script"
    )
    add_job_options(parser)
    parser.add_argument(
        "--to",
        type=Path,
        default=Path("job.yaml"),
        metavar="FILE",
        help="the config: .yaml or .json (default: job.yaml)",
    )
    parser.add_argument("--offline", action="store_true", help="do not look at your account")


def _call(found: argparse.Namespace) -> int:
    from parris_cli.new_config.write_config import InitOptions, write_config

    return write_config(InitOptions(found.to, found.script, job_options(found), found.offline))


INIT = Command(
    "init",
    "write a config for a script, with a few questions",
    _ABOUT,
    _EXAMPLES,
    _add_arguments,
    _call,
)
