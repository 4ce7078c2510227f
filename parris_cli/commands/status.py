"""`parris status`: shows how one job stands, or what runs now."""

import argparse

from parris_cli.commands.command import Command
from parris_cli.commands.job_reference import JOB_MEANS, LOCAL_JOBS, add_job_reference

_ABOUT = f"""\
Show how a job stands: its phases and how long each took, its time and cost against their limits,
when it ends at the latest, its attempts, its metrics, and the last lines of its log. Of a job that
has ended: why, what it cost, and where its results are. Without JOB: what runs now, whoever
started it.

{JOB_MEANS}

{LOCAL_JOBS}

Nothing is followed: `parris watch JOB` does that.
"""

_EXAMPLES = """\
examples:
  parris status
          what runs now in the deployment in your account
  parris status iris
          the run with that name, running or ended
  parris status iris --json | jq -r '.state, .estimated_cost_usd'
          its phase or the reason of its end, and its cost so far, for scripts

exit codes:
  0  the job was found, whatever its state; without JOB: even if nothing is running
  1  there is no such deployment, or AWS did not respond
  2  there is no such job, or the command line is invalid
"""


def _add_arguments(parser: argparse.ArgumentParser) -> None:
    add_job_reference(
        parser,
        has_local_jobs=True,
        nargs="?",
        help="a job's name, job id, ARN or stack name; left out: what runs now",
    )


def _call(found: argparse.Namespace) -> int:
    from parris_cli.runs.show_status import StatusOptions, show_status

    return show_status(StatusOptions(found.job, found.deployment, found.json, found.embedded))


STATUS = Command(
    "status",
    "show how a job stands, or what runs now",
    _ABOUT,
    _EXAMPLES,
    _add_arguments,
    _call,
)
