"""The command lines of `parris watch` and `parris results`, and the help that teaches them."""

import argparse
from pathlib import Path

from parris_cli.command_parser import add_command
from parris_cli.fetch_results import ResultsOptions
from parris_cli.job_arguments import add_job_reference, add_results_folder
from parris_cli.watch_job import WatchOptions

_JOB_ABOUT = """\
JOB is a training-job-name, a job's id (which `parris run` shows) or an execution's ARN. Of several
runs of one name the one that is running is meant, else the newest."""

_WATCH_ABOUT = f"""\
Follow a job that was started before, from its first state on, as `parris run` does.

{_JOB_ABOUT} For one that
is over, its log and its report are shown, and its results are downloaded.

Use it where `parris run` no longer follows: its terminal was closed, its credentials expired, or
the job was started by a schedule, in the console or by somebody else. Ctrl-C asks once whether to
end the job; a second Ctrl-C follows it no further, and the job goes on.
"""

_WATCH_EXAMPLES = """\
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
  2  there is no such job, its config was rejected, or the command has a fault
"""

_RESULTS_ABOUT = f"""\
Download what a job saved: its results, its log (log.txt) and its record (record.json), and
where S3 could not take some names of results as they were, the list of those (results-names.json).

{_JOB_ABOUT} Of a job
that still runs, what it has saved so far is downloaded.

A file that is here already, with the same size and timestamp, is not downloaded again, and one that
is not whole yet (.part) is gone on with: after an interruption, give the same command again.
Nothing is written outside the folder. A name that cannot be a file here is changed or skipped, and
listed; all other files arrive.
"""

_RESULTS_EXAMPLES = """\
examples:
  parris results iris
      the newest run of that name, into results/<job-id>
  parris results iris-20310501t080000-04f2 out
      one run by its id, into out/
  parris results iris --json | jq .results_missing
      which files are not here, and why, for a program

exit codes:
  0  everything that can be here is; what was skipped for its name is listed
  1  something is missing: the download was interrupted, broke off or was not allowed
  2  there is no such job, or it has no results; or the command has a fault
"""


def add_watch(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add `watch` to the commands."""
    watch = add_command(
        commands,
        "watch",
        summary="follow a job that was started before to its end",
        about=_WATCH_ABOUT,
        examples=_WATCH_EXAMPLES,
    )
    watch.set_defaults(make_options=watch_options)
    add_job_reference(watch)
    add_results_folder(watch)


def add_results(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add `results` to the commands."""
    results = add_command(
        commands,
        "results",
        summary="download what a job saved",
        about=_RESULTS_ABOUT,
        examples=_RESULTS_EXAMPLES,
    )
    results.set_defaults(make_options=results_options)
    add_job_reference(results)
    results.add_argument(
        "folder",
        nargs="?",
        type=Path,
        metavar="DIR",
        help="where to (default: results/<job-id>)",
    )


def watch_options(found: argparse.Namespace) -> WatchOptions:
    """Return what the command line asks for."""
    return WatchOptions(found.job, found.deployment, found.json, found.results)


def results_options(found: argparse.Namespace) -> ResultsOptions:
    """Return what the command line asks for."""
    return ResultsOptions(found.job, found.folder, found.deployment, found.json)
