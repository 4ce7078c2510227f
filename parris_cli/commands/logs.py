"""`parris logs`: prints the log of a job."""

import argparse

from parris_cli.commands.command import Command, checked
from parris_cli.commands.counts import parse_count
from parris_cli.commands.job_reference import JOB_MEANS, LOCAL_JOBS, add_job_reference
from parris_cli.commands.run_filters import parse_since_argument

_ABOUT = f"""\
Print the log of a job's script, whether the job is running or has ended.

{JOB_MEANS}

Of a job that has ended, this is log.txt, complete. Of one that is running, of one that had several
attempts, and with --since, it is what CloudWatch Logs has: the lines of all attempts. Only the log
goes to standard output.

{LOCAL_JOBS}
"""

_EXAMPLES = """\
examples:
  parris logs iris
          the whole log so far
  parris logs iris -f --since 10m
          the last ten minutes, and what comes until the job ends; Ctrl-C leaves the job alone
  parris logs iris --tail 100 | grep -i error
          the last hundred lines

exit codes:
  0  the log was printed, even if it is empty
  1  there is no such deployment, or AWS did not respond
  2  there is no such job, it has no log, or the command line is invalid
"""


def _add_arguments(parser: argparse.ArgumentParser) -> None:
    add_job_reference(parser, has_local_jobs=True)
    parser.add_argument(
        "--follow", "-f", action="store_true", help="go on until the job ends, or until Ctrl-C"
    )
    parser.add_argument(
        "--since",
        type=checked(parse_since_argument),
        metavar="TIME",
        help="only lines since: 90s, 10m, 2031-05-01T08:00Z",
    )
    parser.add_argument(
        "--tail",
        type=checked(parse_count),
        metavar="N",
        help="only the last N lines of those that there are now",
    )


def _call(found: argparse.Namespace) -> int:
    from parris_cli.logs.show_logs import LogsOptions, show_logs

    return show_logs(
        LogsOptions(
            job=found.job,
            deployment=found.deployment,
            is_json=found.json,
            is_following=found.follow,
            since=found.since,
            most=found.tail,
            is_embedded=found.embedded,
        )
    )


LOGS = Command("logs", "print the log of a job", _ABOUT, _EXAMPLES, _add_arguments, _call)
