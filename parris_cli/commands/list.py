"""`parris list`: shows the runs of a team, running and ended."""

import argparse

from parris.near_names import did_you_mean
from parris.reasons import EndReason
from parris_cli.commands.command import Command, add_json, checked
from parris_cli.commands.counts import parse_count
from parris_cli.commands.job_reference import LOCAL_JOBS, add_place_of_runs
from parris_cli.commands.run_filters import add_run_filters

_MOST = 20
_ORDERS = ("started", "cost", "time", "name", "who")

_ABOUT = f"""\
List the runs of a deployment, whoever or whatever started them: those that are running, with
their phase, and the latest that have ended, with the reason. Each has who started it, and its time
and cost against its limits. Times and costs of a running job are those until now.

A list does not read logs: a job is `training` from the start of its machine on.
`parris status JOB` shows one job, `parris experiments` its parameters and metrics.

{LOCAL_JOBS}
"""

_EXAMPLES = """\
examples:
  parris list
          what runs now, and the latest 20 that have ended
  parris list --mine --since 7d --sort cost
          your own runs of the last week, the dearest first
  parris list --name 'iris-*' --reason SCRIPT_FAILED,INSTANCE_LOST
          what went wrong with jobs of these names
  parris stop $(parris list --running --mine --ids)
          end everything that you have running
  parris list --all --json | jq '[.runs[].estimated_cost_usd | tonumber] | add'
          what all runs have cost, for scripts

exit codes:
  0  the runs were printed, even if there are none
  1  there is no such deployment, or AWS did not respond
  2  the command line is invalid
"""


def _add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--running", action="store_true", help="only what is running: asks no table of runs"
    )
    add_run_filters(parser)
    parser.add_argument(
        "--reason",
        type=checked(_reasons),
        default=frozenset(),
        metavar="REASON",
        help="only what ended for one of these reasons, separated by commas",
    )
    parser.add_argument(
        "--sort",
        choices=_ORDERS,
        default=_ORDERS[0],
        metavar="BY",
        help=f"{', '.join(_ORDERS)} (default: {_ORDERS[0]})",
    )
    how_many = parser.add_mutually_exclusive_group()
    how_many.add_argument(
        "--last",
        type=checked(parse_count),
        default=_MOST,
        metavar="N",
        help=f"the latest N that have ended (default: {_MOST})",
    )
    how_many.add_argument("--all", action="store_true", help="all that have ended")
    parser.add_argument("--ids", action="store_true", help="print nothing but job ids, one a line")
    add_place_of_runs(parser)
    add_json(parser)


def _reasons(text: str) -> frozenset[str]:
    reasons = frozenset(word.strip().upper() for word in text.split(","))
    unknown = sorted(reasons - set(EndReason))
    if unknown:
        which = did_you_mean(unknown[0], EndReason) or f": {', '.join(EndReason)}"
        raise ValueError(f"found {unknown[0]!r}, expected reasons, separated by commas{which}")
    return reasons


def _call(found: argparse.Namespace) -> int:
    from parris_cli.runs.list_runs import ListOptions, list_runs
    from parris_cli.runs.query import Query

    query = Query(
        name=found.name,
        owner=found.who,
        reasons=found.reason,
        since=found.since,
        is_running_only=found.running,
        most=None if found.all else found.last,
        order=found.sort,
    )
    return list_runs(
        ListOptions(
            query,
            found.deployment,
            found.json,
            is_mine=found.mine,
            is_ids_only=found.ids,
            is_embedded=found.embedded,
        )
    )


LIST = Command(
    "list", "show what runs now and what has ended", _ABOUT, _EXAMPLES, _add_arguments, _call
)
