"""The command line of `parris stop`, and the help that teaches it."""

import argparse
from pathlib import Path

from cli.stop import StopOptions

_ABOUT = """\
Ask a running job to end, and follow it until it has.

JOB is a training-job-name, a job's id (which `parris run` shows) or an execution's ARN. The run
itself is told: it gives the script its time to save, uploads and checks the results, ends what it
launched as the config's on-termination says, and is recorded as ABORTED. That works at any moment,
also while the machine is being launched; a job that is ending already goes on ending.

What it shows, and the results folder, are those of `parris run`. Ctrl-C follows it no further; the
job ends all the same.
"""

_EXAMPLES = """\
examples:
  parris stop iris
      the job of that name, wherever it was started
  parris stop iris-20310501t080000-04f2 --no-wait
      one run by its id; returns as soon as it knows that it is to end
  parris stop iris --deployment team --json | jq -r .reason
      in one of several deployments; how it ended, for a program

exit codes:
  0  the job is over (with --no-wait: it knows that it is to end)
  1  it was told, and something is left or it was followed no further; or AWS did not answer
  2  there was nothing to stop: no such job, or one that is over; or the command has a fault
"""


def add_stop(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add `stop` to the commands."""
    stop = commands.add_parser(
        "stop",
        help="ask a running job to save its results and end",
        description=_ABOUT,
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    stop.add_argument("job", metavar="JOB", help="its name, its id or its execution's ARN")
    stop.add_argument(
        "--deployment",
        metavar="NAME",
        help="the stack that Parris was deployed as (default: the only one in your account)",
    )
    stop.add_argument("--no-wait", action="store_true", help="do not wait until it has ended")
    stop.add_argument(
        "--json", action="store_true", help="one JSON object on standard output, nothing else there"
    )
    stop.add_argument(
        "--results",
        type=Path,
        metavar="FOLDER",
        help="where results, log and record go (default: results/<job-id>)",
    )


def stop_options(found: argparse.Namespace) -> StopOptions:
    """Return what the command line asks for."""
    return StopOptions(
        job=found.job,
        deployment=found.deployment,
        is_waiting=not found.no_wait,
        is_json=found.json,
        results=found.results,
    )
