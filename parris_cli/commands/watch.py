"""`parris watch`: follows a started job until it ends."""

import argparse

from parris_cli.commands.command import Command, add_results_folder, add_verbose
from parris_cli.commands.job_reference import JOB_MEANS, LOCAL_JOBS, add_job_reference

_ABOUT = f"""\
Follow a started job from its first state on, as `parris run` does. On a terminal, its path through
its phases and a small curve of each of its first three metrics (of lines such as
`step=100 loss=0.25`) stay above the line with its time and cost.

{JOB_MEANS} If the
job has ended, its log and its report are shown, and its results are downloaded.

Use it when `parris run` no longer follows the job: its terminal was closed, its credentials
expired, it was started with --detach, by a schedule, in the console or by somebody else. Ctrl-C
detaches: the job keeps running, and the command says how to come back. `parris stop` ends a job.

{LOCAL_JOBS} The results of such a job stay where its own command stores them.
"""

_EXAMPLES = """\
examples:
  parris watch iris
          the run with that name, wherever it was started
  parris watch iris-20310501t080000-04f2 --results out
          one run by its job id; its results go to out/
  parris watch iris --json | jq -r .reason
          how it ended, for scripts
  eval "$(parris aws env)" && parris watch iris
          on the embedded AWS of `parris aws up`
  parris watch iris --embedded
          a job that `parris run --embedded` runs in another terminal, in the same folder

exit codes, as for `parris run`:
  0  the job ended as its policy says, and its results are here
  1  it failed, or you detached, or its results were not all downloaded
  2  there is no such job, its config was rejected, or the command line is invalid
"""


def _add_arguments(parser: argparse.ArgumentParser) -> None:
    add_job_reference(parser, has_local_jobs=True)
    add_results_folder(parser)
    add_verbose(parser)


def _call(found: argparse.Namespace) -> int:
    from parris_cli.following.watch_job import WatchOptions, watch_job

    return watch_job(
        WatchOptions(
            found.job,
            found.deployment,
            found.json,
            found.results,
            found.verbose,
            found.embedded,
        )
    )


WATCH = Command(
    "watch",
    "follow a started job until it ends",
    _ABOUT,
    _EXAMPLES,
    _add_arguments,
    _call,
)
