"""`parris results`: downloads what a job saved."""

import argparse
from pathlib import Path

from parris_cli.commands.command import Command, add_job_reference
from parris_cli.commands.watch import JOB_MEANS

_ABOUT = f"""\
Download what a job saved: its results, its log (log.txt) and its record (record.json), and
where S3 could not take some names of results as they were, the list of those (results-names.json).

{JOB_MEANS} Of a job
that still runs, what it has saved so far is downloaded.

A file that is here already, with the same size and timestamp, is not downloaded again, and one that
is not whole yet (.part) is gone on with: after an interruption, give the same command again.
Nothing is written outside the folder. A name that cannot be a file here is changed or skipped, and
listed; all other files arrive.
"""

_EXAMPLES = """\
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
  2  there is no such job, or it has no results; or the command line is invalid
"""


def _add_arguments(parser: argparse.ArgumentParser) -> None:
    add_job_reference(parser)
    parser.add_argument(
        "folder",
        nargs="?",
        type=Path,
        metavar="DIR",
        help="where to (default: results/<job-id>)",
    )


def _call(found: argparse.Namespace) -> int:
    from parris_cli.downloads.fetch_results import ResultsOptions, fetch_results

    return fetch_results(ResultsOptions(found.job, found.folder, found.deployment, found.json))


RESULTS = Command("results", "download what a job saved", _ABOUT, _EXAMPLES, _add_arguments, _call)
