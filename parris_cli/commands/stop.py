"""`parris stop`: asks a running job to save its results and end."""

import argparse

from parris_cli.commands.command import Command, add_job_reference, add_results_folder

_ABOUT = """\
Ask a running job to end, and follow it until it has.

JOB is a training-job-name, a job's id (which `parris run` shows) or an execution's ARN. The run
itself gets the request: it gives the script its time to save, uploads and checks the results, ends
what it launched as the config's on-termination says, and is recorded as ABORTED. That works at any
time, also while the machine is being launched; a job that is ending already goes on ending.

What it shows, and the results folder, are those of `parris run`. Ctrl-C detaches; the job ends all
the same.
"""

_EXAMPLES = """\
examples:
  parris stop iris
      the job of that name, wherever it was started
  parris stop iris-20310501t080000-04f2 --no-wait
      one run by its id; returns as soon as the stop request has reached it
  parris stop iris --deployment team --json | jq -r .reason
      in one of several deployments; how it ended, for a program

exit codes:
  0  the job is over (with --no-wait: the stop request has reached it)
  1  stop was requested, and something is left or you detached; or AWS did not answer
  2  there was nothing to stop: no such job, or one that is over; or the command line is invalid
"""


def _add_arguments(parser: argparse.ArgumentParser) -> None:
    add_job_reference(parser)
    parser.add_argument("--no-wait", action="store_true", help="do not wait until it has ended")
    add_results_folder(parser)


def _call(found: argparse.Namespace) -> int:
    from parris_cli.stopping.stop_job import StopOptions, stop

    return stop(
        StopOptions(
            job=found.job,
            deployment=found.deployment,
            is_waiting=not found.no_wait,
            is_json=found.json,
            results=found.results,
        )
    )


STOP = Command(
    "stop",
    "ask a running job to save its results and end",
    _ABOUT,
    _EXAMPLES,
    _add_arguments,
    _call,
)
