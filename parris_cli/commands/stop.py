"""`parris stop`: requests that running jobs save their results and end."""

import argparse

from parris_cli.commands.command import Command, add_results_folder, add_verbose
from parris_cli.commands.job_reference import JOB_MEANS, LOCAL_JOBS, add_job_reference

_ABOUT = f"""\
Request that running jobs end, and follow them until they have ended. Every job gets the request
before the first is followed.

{JOB_MEANS}

The run itself
handles the request: it gives the script time to save, uploads and verifies the results, ends
its resources as the config's on-termination says, and is recorded as ABORTED. This works at any
time, even while the machine is being launched. A job that is already ending is not affected.

The output and the results folder are those of `parris run`. Ctrl-C detaches; the job ends
nevertheless.

{LOCAL_JOBS}
"""

_EXAMPLES = """\
examples:
  parris stop iris
          the job with that name, wherever it was started
  parris stop iris-20310501t080000-04f2 --no-wait
          one run by its job id; returns as soon as the run has received the stop request
  parris stop iris --deployment team --json | jq -r .reason
          in one of several deployments; how it ended, for scripts
  parris stop iris wine
          both; with --json, one object with a list `jobs`

exit codes:
  0  the job has ended (with --no-wait: the run has received the stop request)
  1  stop was requested, but resources are left or you detached; or AWS did not respond
  2  nothing to stop: no such job, or it has ended already; or the command line is invalid
"""


def _add_arguments(parser: argparse.ArgumentParser) -> None:
    add_job_reference(parser, "jobs", has_local_jobs=True, nargs="+")
    parser.add_argument("--no-wait", action="store_true", help="do not wait for the job to end")
    add_results_folder(parser)
    add_verbose(parser)


def _call(found: argparse.Namespace) -> int:
    from parris_cli.stopping.stop_job import stop_jobs
    from parris_cli.stopping.stop_options import StopOptions

    return stop_jobs(
        found.jobs,
        StopOptions(
            job=found.jobs[0],
            deployment=found.deployment,
            is_waiting=not found.no_wait,
            is_json=found.json,
            results=found.results,
            is_verbose=found.verbose,
            is_embedded=found.embedded,
        ),
    )


STOP = Command(
    "stop",
    "request that running jobs save their results and end",
    _ABOUT,
    _EXAMPLES,
    _add_arguments,
    _call,
)
