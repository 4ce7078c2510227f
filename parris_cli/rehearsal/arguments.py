"""The command line of `parris rehearse`."""

import argparse
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any, TypeVar

from parris_cli.command_parser import add_command
from parris_cli.job_arguments import add_json
from parris_cli.overrides import FORM as SET_FORM
from parris_cli.rehearsal import durations
from parris_cli.rehearsal.options import FaultOption, RehearseOptions

T = TypeVar("T")

FAULT_KINDS = {
    "spot-interruption": "EC2 takes the spot instance back, with two minutes' notice",
    "instance-killed": "the instance is gone at once, and its script has saved nothing",
    "no-capacity": "EC2 has no instance of any type, from then on",
    "throttled": "EC2 and CloudFormation refuse Parris's calls, for five minutes",
    "unavailable": "AWS answers none of Parris's functions, for ten minutes",
    "never-boots": "instances that are launched from then on run and start nothing",
    "no-s3-rights": "S3 refuses all that the instance asks of it, from then on",
    "machine-silent": "the machine hangs: no heartbeat comes, and EC2's status checks pass",
    "machine-impaired": "the machine hangs, and EC2's instance status check fails",
    "lost-event": "nobody is told when the next instance ends",
    "delete-failed": "the next deletion of the stack fails; give it again for one more",
}
_LASTING_KINDS = frozenset({"never-boots", "no-capacity", "no-s3-rights"})
"""They may be given without a time: then they are there from the submission on."""
_LARGEST_EXIT_CODE = 255

_ABOUT = """\
Rehearse a training job: see how it would go, when and why it would end and what it would cost,
before anything is paid.

The real workflow and the real functions run on an embedded AWS whose clock jumps from one event
to the next, so that a month passes in seconds; the training itself is imagined: it takes as long
as you say and ends as you say. Your script is not run. No account is needed and nothing is left.
"""

_EXAMPLES = """\
kinds of faults:
{kinds}

examples:
  parris rehearse my-job.json --training-takes 36h
      does it end before its limits, and what does it cost?
  parris rehearse my-job.json --training-takes 20h..3d --set termination-options.cost-limit=50
      both ends of what you expect, each rehearsed, with another limit
  parris rehearse my-job.json --training-takes 10h --exit-code 1
      the script fails after ten hours
  parris rehearse my-job.json --training-takes 10h --fault instance-killed@2h30m --json
      the instance is lost after two and a half hours; the whole story for a program

exit codes:
  0  the job would end as its policy asks: COMPLETED, TIME_LIMIT or COST_LIMIT
  1  it would fail: SCRIPT_FAILED, LAUNCH_FAILED, NO_CAPACITY, INSTANCE_LOST, ...
  2  it would be refused: a fault in the config, the script or the command
  Of two rehearsals the worse one counts.
"""


def add_rehearse(commands: Any) -> None:
    """Add `rehearse` to the parser's commands."""
    kinds = "\n".join(f"  {kind:<18} {words}" for kind, words in FAULT_KINDS.items())
    rehearse = add_command(
        commands,
        "rehearse",
        summary="see how a job would go and what it would cost, in seconds and for nothing",
        about=_ABOUT,
        examples=_EXAMPLES.format(kinds=kinds),
    )
    rehearse.set_defaults(is_rehearsal=True)
    rehearse.add_argument(
        "config",
        nargs="?",
        type=Path,
        metavar="CONFIG",
        help="a training config (default: the default job's)",
    )
    rehearse.add_argument(
        "--training-takes",
        type=_checked(durations.parse_range),
        required=True,
        metavar="TIME",
        help="how long the script runs when nothing ends it: 36h, 2h30m, 3d; 2h..4h rehearses"
        " both ends",
    )
    rehearse.add_argument(
        "--upload-takes",
        type=_checked(durations.parse_duration),
        default=timedelta(0),
        metavar="TIME",
        help="how long the results that changed since the last sync upload once the script is over"
        " (default: 0s)",
    )
    rehearse.add_argument(
        "--exit-code",
        type=_checked(_exit_code),
        default=0,
        metavar="CODE",
        help="what the script ends with (default: 0)",
    )
    rehearse.add_argument(
        "--fault",
        action="append",
        default=[],
        type=_checked(_fault),
        metavar="KIND@TIME",
        help="what goes wrong, and how long after the submission; may be given again",
    )
    rehearse.add_argument(
        "--price",
        type=_checked(_price),
        metavar="USD",
        help="for an hour of the instance, instead of the list's: hourly-price-usd of the config",
    )
    rehearse.add_argument(
        "--set",
        action="append",
        default=[],
        metavar="KEY=VALUE",
        help=f"put a value over the config's: {SET_FORM}; may be given again",
    )
    add_json(rehearse)


def rehearse_options(found: argparse.Namespace) -> RehearseOptions:
    """Return what the command line asks for."""
    shortest, longest = found.training_takes
    return RehearseOptions(
        config=found.config,
        shortest=shortest,
        longest=longest,
        exit_code=found.exit_code,
        faults=tuple(found.fault),
        usd_per_hour=found.price,
        settings=tuple(found.set),
        is_json=found.json,
        upload_takes=found.upload_takes,
    )


def _checked(parse: Callable[[str], T]) -> Callable[[str], T]:
    """Let argparse show what a ValueError says."""

    def parse_argument(text: str) -> T:
        try:
            return parse(text)
        except ValueError as err:
            raise argparse.ArgumentTypeError(str(err)) from None

    return parse_argument


def _exit_code(text: str) -> int:
    if not text.isdecimal() or int(text) > _LARGEST_EXIT_CODE:
        raise ValueError(f"found {text!r}, expected a whole number from 0 to {_LARGEST_EXIT_CODE}")
    return int(text)


def _price(text: str) -> Decimal:
    try:
        usd = Decimal(text)
    except InvalidOperation:
        usd = Decimal(0)
    if not usd.is_finite() or usd <= 0:
        raise ValueError(f"found {text!r}, expected USD per hour, more than 0")
    return usd


def _fault(text: str) -> FaultOption:
    kind, at, moment = text.partition("@")
    if kind not in FAULT_KINDS:
        raise ValueError(f"found {text!r}, expected KIND@TIME with one of {', '.join(FAULT_KINDS)}")
    after = durations.parse_duration(moment) if at else timedelta(0)
    if not at and kind not in _LASTING_KINDS:
        raise ValueError(f"found {text!r}, expected a time too: {kind}@2h")
    return FaultOption(kind, after)
