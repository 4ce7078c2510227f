"""`parris watch`: follows a job that was started before to its end."""

import argparse

from parris_cli.commands.command import Command, add_job_reference, add_results_folder

JOB_MEANS = """\
JOB is a training-job-name, a job's id (which `parris run` shows) or an execution's ARN. Of several
runs of one name the one that is running is meant, else the newest."""

_ABOUT = f"""\
Follow a job that was started before, from its first state on, as `parris run` does.

{JOB_MEANS} For one that
is over, its log and its report are shown, and its results are downloaded.

Use it where `parris run` no longer follows: its terminal was closed, its credentials expired, or
the job was started by a schedule, in the console or by somebody else. Ctrl-C asks once whether to
end the job; a second Ctrl-C follows it no further, and the job goes on.
"""

_EXAMPLES = """\
examples:
  parris watch iris
      the run of that name, wherever it was started
  parris watch iris-20310501t080000-04f2 --results out
      one run by its id; its results go to out/
  parris watch iris --json | jq -r .reason
      how it ended, for a program
  eval "$(parris aws env)" && parris watch iris
      on the embedded AWS that `parris aws up` serves; that of `parris run --embedded` ends with it

exit codes, as of `parris run`:
  0  the job ended as its policy asked, and its results are here
  1  it failed, it is followed no further, or its results are not all here
  2  there is no such job, its config was rejected, or the command line is invalid
"""


def _add_arguments(parser: argparse.ArgumentParser) -> None:
    add_job_reference(parser)
    add_results_folder(parser)


def _call(found: argparse.Namespace) -> int:
    from parris_cli.following.watch_job import WatchOptions, watch_job

    return watch_job(WatchOptions(found.job, found.deployment, found.json, found.results))


WATCH = Command(
    "watch",
    "follow a job that was started before to its end",
    _ABOUT,
    _EXAMPLES,
    _add_arguments,
    _call,
)
