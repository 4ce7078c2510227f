"""The command line of `parris stop`, and the help that teaches it."""

import argparse

from parris_cli.command_parser import add_command
from parris_cli.job_arguments import add_job_reference, add_results_folder
from parris_cli.stop import StopOptions

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
    stop = add_command(
        commands,
        "stop",
        summary="ask a running job to save its results and end",
        about=_ABOUT,
        examples=_EXAMPLES,
    )
    add_job_reference(stop)
    stop.add_argument("--no-wait", action="store_true", help="do not wait until it has ended")
    add_results_folder(stop)


def stop_options(found: argparse.Namespace) -> StopOptions:
    """Return what the command line asks for."""
    return StopOptions(
        job=found.job,
        deployment=found.deployment,
        is_waiting=not found.no_wait,
        is_json=found.json,
        results=found.results,
    )
