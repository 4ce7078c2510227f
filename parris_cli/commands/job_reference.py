"""JOB on the command line, by which a started job is named."""

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
one is used, else the newest."""


def add_job_reference(parser: argparse.ArgumentParser, name: str = "job", **settings: Any) -> None:
    """Add JOB, which names a started job, --deployment and --json.

    Args:
        parser: the command's.
        name: of the argument in what is parsed.
        settings: of the argument, such as `nargs`.
    """
    words = {"help": "a job's name, job id, ARN or stack name", **settings}
    parser.add_argument(name, metavar=JOB, **words)
    add_deployment(parser)
    add_json(parser)
