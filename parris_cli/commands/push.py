"""`parris push`: puts a config and its script into the training bucket."""

import argparse
from pathlib import Path

from parris_cli.commands.command import (
    Command,
    add_deployment,
    add_job_source,
    add_json,
    add_set,
    job_options,
)
from parris_cli.starting.overrides import FORM

_ABOUT = """\
Put a config and what belongs to it into the training bucket, for schedules, events and colleagues.

What would change there is shown first: which values of the config, how many lines of the script.
Then the command asks. Code and local data are stored under their content, once. The bucket keeps
overwritten versions for 30 days.

The uploaded config names its script, code and data in the bucket. An execution whose input is
{"config-key": KEY} runs it.
"""

_EXAMPLES = """\
examples:
  parris push iris/job.yaml
          to team/iris/, with a question
  parris push iris/job.yaml --to team/nightly/iris --yes
          to another folder, without one
  parris push iris/job.yaml --dry-run
          only show what differs

exit codes:
  0  the files are in the bucket, or you declined
  1  there is no such deployment, or AWS did not respond
  2  the config, the folder or the command line is invalid, or nobody can be asked
"""


def _add_arguments(parser: argparse.ArgumentParser) -> None:
    add_job_source(parser)
    parser.add_argument(
        "--to",
        metavar="FOLDER",
        help="the folder in the bucket (default: team/ and the job's name)",
    )
    add_set(parser, FORM)
    parser.add_argument("--yes", "-y", action="store_true", help="do not ask")
    parser.add_argument("--dry-run", action="store_true", help="upload nothing")
    add_deployment(parser)
    add_json(parser)


def _call(found: argparse.Namespace) -> int:
    from parris_cli.pushing.push import PushOptions, push
    from parris_cli.starting.job_files import DEFAULT_CONFIG

    source: Path = found.source or DEFAULT_CONFIG
    return push(
        PushOptions(
            source=source,
            folder=found.to,
            settings=tuple(found.set),
            job=job_options(found),
            deployment=found.deployment,
            is_agreed=found.yes,
            is_dry_run=found.dry_run,
            is_json=found.json,
        )
    )


PUSH = Command(
    "push",
    "put a config and its script into the training bucket, and show what changes",
    _ABOUT,
    _EXAMPLES,
    _add_arguments,
    _call,
)
