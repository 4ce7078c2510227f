"""`parris rehearse`: shows how a job would run and what it would cost, on a virtual clock."""

import argparse
import math
from datetime import timedelta
from decimal import Decimal

from parris_cli.commands.command import (
    Command,
    add_job_source,
    add_json,
    add_set,
    add_verbose,
    checked,
    job_options,
)
from parris_cli.rehearsal import durations
from parris_cli.rehearsal.options import FAULT_KINDS, LASTING_KINDS, FaultOption, RehearseOptions
from parris_cli.starting.job_options import positive_usd
from parris_cli.starting.overrides import FORM as SET_FORM

_LARGEST_EXIT_CODE = 255

_ABOUT = """\
Rehearse a training job: see how it would run, when and why it would end, and what it would cost,
before you pay for anything.

The real workflow and the real functions run on an embedded AWS with a virtual clock, so that a
month passes in seconds. The training itself is simulated: it takes as long as you say and ends as
you say. Your script is not run. No account is needed, and nothing is left behind.

The config of a sweep is rehearsed as by `parris sweep rehearse`, which has options of its own.
"""

_KINDS = "\n".join(f"  {kind:<18} {words}" for kind, words in FAULT_KINDS.items())

_EXAMPLES = f"""\
fault kinds:
{_KINDS}

examples:
  parris rehearse my-job.json --training-takes 36h
          does it end before its limits, and what does it cost?
  parris rehearse my-job.json --training-takes 20h..3d --set termination-options.cost-limit=50
          the shortest and the longest time you expect, each rehearsed, with a different limit
  parris rehearse my-job.json --training-takes 10h --exit-code 1
      the script fails after ten hours
  parris rehearse my-job.json --training-takes 10h --fault instance-killed@2h30m --json
          the instance is lost after two and a half hours; the full report for scripts
  parris rehearse my-job.json --training-takes 10h --fault script-hangs@6h
          the script hangs: does no-progress end the job, or only its limit?

exit codes:
  0  the job would end as its policy says: COMPLETED, TIME_LIMIT, CLOCK_TIME, COST_LIMIT,
     STOPPED_EARLY, METRIC_REACHED or NO_IMPROVEMENT
  1  it would fail: SCRIPT_FAILED, LAUNCH_FAILED, NO_CAPACITY, INSTANCE_LOST, ...
  2  it would be refused: the config, the script or the command line is invalid
  With two rehearsals, the higher exit code is returned.
"""


def _add_arguments(parser: argparse.ArgumentParser) -> None:
    add_job_source(parser)
    parser.add_argument(
        "--training-takes",
        type=checked(durations.parse_range),
        required=True,
        metavar="TIME",
        help="how long the script runs unless something ends it: 36h, 2h30m, 3d; 2h..4h rehearses"
        " both values",
    )
    parser.add_argument(
        "--upload-takes",
        type=checked(durations.parse_duration),
        default=timedelta(0),
        metavar="TIME",
        help="how long uploading results that changed since the last sync takes after the script"
        " (default: 0s)",
    )
    parser.add_argument(
        "--exit-code",
        type=checked(_exit_code),
        default=0,
        metavar="CODE",
        help="the script's exit code (default: 0)",
    )
    parser.add_argument(
        "--fault",
        action="append",
        default=[],
        type=checked(_fault),
        metavar="KIND@TIME",
        help="a fault, and how long after the submission it happens; can be repeated",
    )
    parser.add_argument(
        "--metric-values",
        type=checked(_metric_values),
        default=(),
        metavar="V1,V2,...",
        help="the values of the metric of metric-goal that the script prints, evenly spaced over"
        " its run time: 0.9,0.5,0.3",
    )
    parser.add_argument(
        "--price",
        type=checked(_price),
        metavar="USD",
        help="price per hour of the instance, instead of the list price: hourly-price-usd",
    )
    add_set(parser, SET_FORM)
    add_json(parser)
    add_verbose(parser)


def _call(found: argparse.Namespace) -> int:
    from parris_cli.rehearsal.rehearse import rehearse
    from parris_cli.rehearsal.sweeps.rehearse_sweep import is_sweep_at, rehearse_as_sweep

    options = rehearse_options(found)
    return rehearse_as_sweep(options) if is_sweep_at(options.source) else rehearse(options)


def rehearse_options(found: argparse.Namespace) -> RehearseOptions:
    """Return the options that the command line sets."""
    shortest, longest = found.training_takes
    return RehearseOptions(
        source=found.source,
        job=job_options(found),
        shortest=shortest,
        longest=longest,
        exit_code=found.exit_code,
        faults=tuple(found.fault),
        usd_per_hour=found.price,
        settings=tuple(found.set),
        is_json=found.json,
        upload_takes=found.upload_takes,
        is_verbose=found.verbose,
        metric_values=found.metric_values,
    )


def _exit_code(text: str) -> int:
    if not text.isdecimal() or int(text) > _LARGEST_EXIT_CODE:
        raise ValueError(f"found {text!r}, expected a whole number from 0 to {_LARGEST_EXIT_CODE}")
    return int(text)


def _metric_values(text: str) -> tuple[float, ...]:
    values = [_number(one) for one in text.split(",")]
    if not all(math.isfinite(one) for one in values):
        raise ValueError(f"found {text!r}, expected numbers with commas between them: 0.9,0.5,0.3")
    return tuple(values)


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return math.nan


def _price(text: str) -> Decimal:
    usd = positive_usd(text)
    if usd is None:
        raise ValueError(f"found {text!r}, expected USD per hour, greater than 0")
    return usd


def _fault(text: str) -> FaultOption:
    kind, at, time = text.partition("@")
    if kind not in FAULT_KINDS:
        raise ValueError(f"found {text!r}, expected KIND@TIME with one of {', '.join(FAULT_KINDS)}")
    after = durations.parse_duration(time) if at else timedelta(0)
    if not at and kind not in LASTING_KINDS:
        raise ValueError(f"found {text!r}, expected a time as well: {kind}@2h")
    return FaultOption(kind, after)


REHEARSE = Command(
    "rehearse",
    "see how a job would run and what it would cost, in seconds and at no cost",
    _ABOUT,
    _EXAMPLES,
    _add_arguments,
    _call,
)
