"""`parris cost`: shows what the runs of a team have cost."""

import argparse

from parris_cli.commands.command import Command, add_json
from parris_cli.commands.job_reference import LOCAL_JOBS, add_place_of_runs
from parris_cli.commands.run_filters import add_run_filters

_GROUPS = ("name", "job", "who", "week", "month", "target")

_ABOUT = f"""\
Show what the runs of a deployment have cost, whoever or whatever started them, the dearest first.
What is running counts with its cost so far.

Costs are the estimates of the run records, from list prices. docs/costs.md says what they leave
out; your bill is what AWS says.

{LOCAL_JOBS}
"""

_EXAMPLES = """\
examples:
  parris cost
          the last 30 days, by the name of the job
  parris cost --by who --since 2031-05-01
          by person, since the first of May
  parris cost --by week --name 'nightly-*' --since 90d
          by week, a week named by its Monday
  parris cost --mine --since 7d --json | jq -r .total.estimated_cost_usd
          your own runs of the last week, for scripts

exit codes:
  0  the costs were printed, even if there are none
  1  there is no such deployment, or AWS did not respond
  2  the command line is invalid
"""


def _add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--by",
        choices=_GROUPS,
        default=_GROUPS[0],
        metavar="GROUP",
        help=f"{', '.join(_GROUPS)} (default: {_GROUPS[0]})",
    )
    add_run_filters(parser, since="30d")
    add_place_of_runs(parser)
    add_json(parser)


def _call(found: argparse.Namespace) -> int:
    from parris_cli.runs.query import Query
    from parris_cli.runs.show_costs import CostOptions, show_costs

    query = Query(name=found.name, owner=found.who, since=found.since, most=None)
    return show_costs(
        CostOptions(
            query,
            found.by,
            found.deployment,
            found.json,
            is_mine=found.mine,
            is_embedded=found.embedded,
        )
    )


COST = Command("cost", "show what jobs have cost", _ABOUT, _EXAMPLES, _add_arguments, _call)
