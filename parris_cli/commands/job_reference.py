"""JOB on the command line, by which a started job is named, and where it is looked for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from parris_cli.commands.command import add_deployment, add_json

if TYPE_CHECKING:
    import argparse

JOB = "JOB"
"""The metavar. A shell completes the arguments that have it with jobs."""

JOB_MEANS = """\
JOB is a training-job-name, a job id (which `parris run` and `parris list` show), an ARN of its
execution or its stack, or the name of its stack. If several runs have the same name, the running
one is used, else the newest. A run that was refused, such as one whose name was in use, is reached
by its job id."""

LOCAL_JOBS = """\
The jobs of `parris run --embedded` are remembered in results/.history of the folder where they were
started. --embedded shows them; so does a command without it where there are no AWS credentials, or
if it is given their job id."""


def add_job_reference(
    parser: argparse.ArgumentParser,
    name: str = "job",
    *,
    has_local_jobs: bool = False,
    **settings: Any,
) -> None:
    """Add JOB, which names a started job, --deployment and --json.

    Args:
        parser: the command's.
        name: of the argument in what is parsed.
        has_local_jobs: whether jobs of this machine can be named, too: adds --embedded.
        settings: of the argument, such as `nargs`.
    """
    words = {"help": "a job's name, job id, ARN or stack name", **settings}
    parser.add_argument(name, metavar=JOB, **words)
    if has_local_jobs:
        add_place_of_runs(parser)
    else:
        add_deployment(parser)
    add_json(parser)


def add_place_of_runs(
    parser: argparse.ArgumentParser, what: str = "jobs of `parris run --embedded`"
) -> None:
    """Add --deployment or --embedded, for `what` was started before."""
    where = parser.add_mutually_exclusive_group()
    add_deployment(where)
    where.add_argument(
        "--embedded",
        action="store_true",
        help=f"{what} in this folder; the default without AWS credentials",
    )
