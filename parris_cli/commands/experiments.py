"""`parris experiments`: shows the runs of a team, and which parameters of two runs differ."""

import argparse

from parris_cli.commands.command import Command, add_json, checked
from parris_cli.commands.counts import parse_count

_MOST = 20

_ABOUT = """\
Show the runs of your team, the latest first: who started what and when, its config, why it ended,
what it cost, and the last value of each metric. It does not matter who or what started a run, or
from where. A run that has no record yet is shown as running.

Everything is read from the bucket where configs store their experiments (experiments-uri); nothing
else is needed to see it. Those of `parris run --embedded` are read from results/.history.
"""

_EXAMPLES = """\
examples:
  parris experiments
          the latest runs of the deployment in your account
  parris experiments --uri s3://our-experiments/vision/ --all
          every run below a location: needs no deployment, only this bucket
  parris experiments --json | jq -r '.experiments[] | [.experiment, .metrics.loss.value] | @tsv'
          one metric of each run, for scripts
  parris experiments diff iris-20310501t080000-04f2 iris-20310502t080000-9c1b
          which parameters of the two runs differ

exit codes:
  0  the experiments were printed, even if there are none
  1  there is no such deployment, or AWS did not respond
  2  the command line is invalid
"""

_ABOUT_DIFF = """\
Show which parameters of two runs differ, in the job's config and in the script config. A
parameter inside another one has a path such as optimizer.learning-rate. The script and its other
files are compared by their content. Of jobs of `parris run --embedded`, the job's configs and the
files are compared.

A and B are names that `parris experiments` shows, or the URIs of their folders.
"""

_EXAMPLES_OF_DIFF = """\
examples:
  parris experiments diff iris-20310501t080000-04f2 iris-20310502t080000-9c1b
          two runs of the deployment in your account
  parris experiments diff A B --uri s3://our-experiments/vision/ --json
          two runs below a location, for scripts

exit codes:
  0  the differences were printed, even if there are none
  1  there is no such deployment, or AWS did not respond
  2  there is no such experiment, or the command line is invalid
"""


def _add_place(parser: argparse.ArgumentParser) -> None:
    where = parser.add_mutually_exclusive_group()
    where.add_argument(
        "--uri",
        metavar="URI",
        help="where the experiments are, such as s3://bucket/experiments/ (default: experiments/ of"
        " the deployment's training bucket)",
    )
    where.add_argument(
        "--embedded",
        action="store_true",
        help="jobs of `parris run --embedded` in this folder; the default without AWS credentials",
    )
    parser.add_argument(
        "--deployment",
        metavar="NAME",
        help="the stack name of Parris, without --uri (default: the only one in your account)",
    )
    add_json(parser)


def _add_arguments(parser: argparse.ArgumentParser) -> None:
    how_many = parser.add_mutually_exclusive_group()
    how_many.add_argument(
        "--last",
        type=checked(parse_count),
        default=_MOST,
        metavar="N",
        help=f"show the latest N (default: {_MOST})",
    )
    how_many.add_argument("--all", action="store_true", help="show all; each is one request")
    _add_place(parser)


def _add_arguments_of_diff(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("a", metavar="A", help="an experiment")
    parser.add_argument("b", metavar="B", help="another one")
    _add_place(parser)


def _call(found: argparse.Namespace) -> int:
    from parris_cli.experiments.show import Place, list_experiments

    place = Place(found.uri, found.deployment, found.json, found.embedded)
    return list_experiments(place, None if found.all else found.last)


def _call_diff(found: argparse.Namespace) -> int:
    from parris_cli.experiments.show import Place, compare_experiments

    place = Place(found.uri, found.deployment, found.json, found.embedded)
    return compare_experiments(place, (found.a, found.b))


EXPERIMENTS = Command(
    "experiments",
    "show the runs of a team, and what differs between two",
    _ABOUT,
    _EXAMPLES,
    _add_arguments,
    _call,
    subcommands=(
        Command(
            "diff",
            "show which parameters of two runs differ",
            _ABOUT_DIFF,
            _EXAMPLES_OF_DIFF,
            _add_arguments_of_diff,
            _call_diff,
        ),
    ),
)
