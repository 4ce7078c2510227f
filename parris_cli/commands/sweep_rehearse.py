"""`parris sweep rehearse`: shows how a sweep would run and what it would cost."""

from __future__ import annotations

import argparse
import math
from pathlib import Path

from parris_cli.commands.command import Command, add_json, checked
from parris_cli.rehearsal import durations
from parris_cli.rehearsal.sweeps.objective import DEFAULT_NOISE, OBJECTIVE_WORDS, ObjectiveKind
from parris_cli.rehearsal.sweeps.options import (
    DEFAULT_FULL_TRIALS,
    MOST_TRIALS,
    SweepRehearsalOptions,
)

_ABOUT = f"""\
Rehearse a sweep of up to {MOST_TRIALS:,} trials: see its budget over time, its trials and what its
orchestration costs, before you pay for anything. `parris rehearse SWEEP` does the same.

The real workflow of sweeps and its functions run on an embedded AWS with a virtual clock. The
trials are simulated: each takes a time of the range that you give, and reaches a value that a
function of its hyperparameters and some noise say. Some trials run the whole training workflow, the
others its launch, its end and its cost; the report says how much the two differ.
"""

_KINDS = "\n".join(f"  {kind.value:<8} {words}" for kind, words in OBJECTIVE_WORDS.items())

_EXAMPLES = f"""\
objectives:
{_KINDS}

examples:
  parris sweep rehearse sweep.json --training-takes 10m..40m
          does the budget last, and how long does it take?
  parris sweep rehearse sweep.json --training-takes 10m..2h --failing 5 --objective valleys
          slow trials, which their time-limit ends, and one in twenty that fails
  parris sweep rehearse sweep.json --training-takes 30m --results rehearsal
          the report page of the rehearsed sweep in the folder rehearsal

exit codes:
  0  the sweep would succeed, and its budget was kept
  1  it would fail, or the simplified trials differ too much from the whole ones
  2  it was rejected, or the command line is invalid
"""


def _add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("source", type=Path, metavar="CONFIG", help="the config of the sweep")
    parser.add_argument(
        "--training-takes",
        type=checked(durations.parse_range),
        required=True,
        metavar="TIME",
        help="how long a trial's script runs unless something ends it: 30m, or 10m..40m, of which"
        " each trial draws one",
    )
    parser.add_argument(
        "--objective",
        choices=[kind.value for kind in ObjectiveKind],
        default=ObjectiveKind.BOWL.value,
        help="what the goal metric depends on (default: bowl)",
    )
    parser.add_argument(
        "--noise",
        type=checked(_noise),
        default=DEFAULT_NOISE,
        metavar="DEVIATION",
        help=f"the standard deviation of the metric's noise (default: {DEFAULT_NOISE})",
    )
    parser.add_argument(
        "--failing",
        type=checked(_percent),
        default=0.0,
        metavar="PERCENT",
        help="how many of the trials fail (default: 0)",
    )
    parser.add_argument(
        "--seed", type=int, default=0, metavar="NUMBER", help="of everything random (default: 0)"
    )
    parser.add_argument(
        "--full-trials",
        type=checked(_count),
        default=DEFAULT_FULL_TRIALS,
        metavar="COUNT",
        help=f"how many trials run the whole training workflow (default: {DEFAULT_FULL_TRIALS})",
    )
    parser.add_argument(
        "--results", type=Path, metavar="FOLDER", help="folder for record, report page and config"
    )
    add_json(parser)


def _call(found: argparse.Namespace) -> int:
    from parris_cli.rehearsal.sweeps.rehearse_sweep import rehearse_sweep

    shortest, longest = found.training_takes
    return rehearse_sweep(
        SweepRehearsalOptions(
            source=found.source,
            shortest=shortest,
            longest=longest,
            objective=ObjectiveKind(found.objective),
            noise=found.noise,
            failing_share=found.failing / 100,
            seed=found.seed,
            full_trials=found.full_trials,
            is_json=found.json,
            results=found.results,
        )
    )


def _noise(text: str) -> float:
    number = _number(text)
    if not 0 <= number < math.inf:
        raise ValueError(f"found {text!r}, expected a number, at least 0")
    return number


def _percent(text: str) -> float:
    number = _number(text.removesuffix("%"))
    if not 0 <= number <= 100:
        raise ValueError(f"found {text!r}, expected a number from 0 to 100")
    return number


def _count(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= MOST_TRIALS:
        raise ValueError(f"found {text!r}, expected a whole number from 1 to {MOST_TRIALS}")
    return int(text)


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return math.nan


SWEEP_REHEARSE = Command(
    "rehearse",
    "see how a sweep would run and what it would cost, at no cost",
    _ABOUT,
    _EXAMPLES,
    _add_arguments,
    _call,
)
