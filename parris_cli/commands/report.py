"""`parris report`: writes one job as an HTML page."""

import argparse

from parris_cli.commands.command import Command
from parris_cli.commands.job_reference import JOB_MEANS, LOCAL_JOBS, add_job_reference

_ABOUT = f"""\
Write one job as a page: why it ended and what to do next, what ran and who started it, its cost
against its limits, its timeline, the curves of its metrics, its results, the end of its log, its
config, and what Parris itself cost. Of a running job, this is a snapshot.

The page is one HTML file that needs no network, so it can be kept, mailed or printed. Who has it
can read the job's config and the end of its log.

{JOB_MEANS}

{LOCAL_JOBS}
"""

_EXAMPLES = """\
examples:
  parris report iris
          the newest run with that name, into <job-id>.html
  parris report iris --open
          the same, and shows it in the browser
  parris report iris-20310501t080000-04f2 --output reports/iris.html
          one run by its job id, into a file of your choice

exit codes:
  0  the page was written
  1  there is no such deployment, or AWS did not respond
  2  there is no such job, the file cannot be written, or the command line is invalid
"""


def _add_arguments(parser: argparse.ArgumentParser) -> None:
    add_job_reference(parser, has_local_jobs=True)
    parser.add_argument(
        "--output",
        "-o",
        metavar="FILE",
        help="the file to write (default: <job-id>.html); - is standard output",
    )
    parser.add_argument("--open", action="store_true", help="show the page in the browser")


def _call(found: argparse.Namespace) -> int:
    from parris_cli.job_report.write_report import ReportOptions, write_report

    return write_report(
        ReportOptions(
            job=found.job,
            output=found.output,
            deployment=found.deployment,
            is_json=found.json,
            is_opened=found.open,
            is_embedded=found.embedded,
        )
    )


REPORT = Command(
    "report", "write one job as an HTML page", _ABOUT, _EXAMPLES, _add_arguments, _call
)
"""`parris report`."""
