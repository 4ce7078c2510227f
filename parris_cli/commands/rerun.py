"""`parris rerun`: starts a job again as its record describes it."""

import argparse

from parris_cli.commands.command import (
    Command,
    add_detach,
    add_results_folder,
    add_set,
    add_verbose,
)
from parris_cli.commands.job_reference import JOB_MEANS, LOCAL_JOBS, add_job_reference

_ABOUT = f"""\
Start a job again, whoever started it: with the same config, script, code and data, which are in the
training bucket. It becomes a new run with an id of its own, started by you.

{JOB_MEANS}

--set changes values of the config. Files on your own machine are not looked at: to run changed
files, use `parris run`. The job is followed as by `parris run`. Of a job of `parris run --embedded`
the config and the files are read again from where they were: nothing else of it is left.

{LOCAL_JOBS}
"""

_EXAMPLES = """\
examples:
  parris rerun iris
          the newest run of that name once more
  parris rerun iris-20310501t080000-04f2 --set instance-type=g5.2xlarge --detach
          one run on another machine, without following it
  parris rerun iris --set termination-options.time-limit=20h --json | jq -r .reason
          with a longer limit; how it ended, for scripts

exit codes, as for `parris run`:
  0  the job ended as its policy says, and its results are here; with --detach: it was started
  1  it failed, or you detached, or its results were not all downloaded
  2  there is no such job, its config was rejected, or the command line is invalid
"""


def _add_arguments(parser: argparse.ArgumentParser) -> None:
    add_job_reference(parser, has_local_jobs=True)
    add_set(parser, "key=value, for instance instance-type=g5.2xlarge")
    add_detach(parser)
    add_results_folder(parser)
    add_verbose(parser)


def _call(found: argparse.Namespace) -> int:
    from parris_cli.starting.rerun_job import RerunOptions, rerun_job

    return rerun_job(
        RerunOptions(
            job=found.job,
            deployment=found.deployment,
            settings=tuple(found.set),
            is_json=found.json,
            results=found.results,
            is_verbose=found.verbose,
            is_detached=found.detach,
            is_embedded=found.embedded,
        )
    )


RERUN = Command(
    "rerun", "start a job again as its record has it", _ABOUT, _EXAMPLES, _add_arguments, _call
)
