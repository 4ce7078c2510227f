"""`parris results`: downloads what a job has saved."""

import argparse
from pathlib import Path

from parris_cli.commands.command import Command
from parris_cli.commands.job_reference import JOB_MEANS, LOCAL_JOBS, add_job_reference

_ABOUT = f"""\
Download what a job has saved: its results, its log (log.txt) and its record (record.json). If S3
could not store some result names unchanged, results-names.json lists them.

{JOB_MEANS} If the
job is still running, what it has saved so far is downloaded.

Files that are already here with the same size and timestamp are not downloaded again, and partial
files (.part) are resumed: after an interruption, run the same command again. Nothing is written
outside the folder. A result whose name is not possible here is renamed or skipped, and listed; all
other files are downloaded.

{LOCAL_JOBS}
"""

_EXAMPLES = """\
examples:
  parris results iris
          the newest run with that name, into results/<job-id>
  parris results iris-20310501t080000-04f2 out
          one run by its job id, into out/
  parris results iris --json | jq .results_missing
          which files were not downloaded, and why, for scripts

exit codes:
  0  everything that can be downloaded is here; files skipped because of their names are listed
  1  something is missing: the download was interrupted, failed or was denied
  2  there is no such job, or it has no results; or the command line is invalid
"""


def _add_arguments(parser: argparse.ArgumentParser) -> None:
    add_job_reference(parser, has_local_jobs=True)
    parser.add_argument(
        "folder",
        nargs="?",
        type=Path,
        metavar="DIR",
        help="destination folder (default: results/<job-id>)",
    )


def _call(found: argparse.Namespace) -> int:
    from parris_cli.downloads.fetch_results import ResultsOptions, fetch_results

    return fetch_results(
        ResultsOptions(found.job, found.folder, found.deployment, found.json, found.embedded)
    )


RESULTS = Command(
    "results", "download what a job has saved", _ABOUT, _EXAMPLES, _add_arguments, _call
)
