"""The command line of `parris`, and the help that teaches it."""

import argparse
from collections.abc import Sequence

from parris_cli import __version__
from parris_cli.aws_arguments import add_aws, aws_options
from parris_cli.aws_server import AwsEnvOptions, AwsUpOptions
from parris_cli.command_parser import add_command
from parris_cli.deploy import DeployOptions
from parris_cli.deploy_arguments import add_deploy, deploy_options
from parris_cli.estimate_arguments import add_estimate, estimate_options
from parris_cli.estimate_job import EstimateOptions
from parris_cli.fetch_results import ResultsOptions
from parris_cli.job_arguments import add_job_arguments, add_results_folder
from parris_cli.rehearsal.arguments import add_rehearse, rehearse_options
from parris_cli.rehearsal.options import RehearseOptions
from parris_cli.run_job import RunOptions
from parris_cli.stop import StopOptions
from parris_cli.stop_arguments import add_stop, stop_options
from parris_cli.watch_arguments import add_results, add_watch
from parris_cli.watch_job import WatchOptions

_ABOUT = """\
Parris runs one machine-learning training job on AWS and makes sure that it ends.

You give it a config (what to train on what, and what ends it) and a script; it launches the
machine, watches the termination policy that you chose, saves the results and then stops or
deletes everything that it launched.
"""

_RUN_ABOUT = """\
Run one training job and follow it to its end.

CONFIG is a training config (docs/configuration.md explains every key); without one the default
job of config/training-config.json runs. Its trainer script is looked for beside the config, then
in config/ of the clone.

While the job runs, its states, its script's log, its time and its cost are shown. Ctrl-C asks
once whether to end it. In an account the job goes on whatever becomes of this command: it then says
so, with the commands that follow it again, stop it and fetch its results.
"""

_RUN_EXAMPLES = """\
examples:
  parris run --embedded
      the default job, on an embedded AWS on this machine: no account, no cost
  parris run my-job.json --embedded --set termination-options.time-limit=0.5
      your own job, with half an hour as its time limit
  parris run my-job.json --deployment parris --json > outcome.json
      the same in your AWS account, where `sam deploy` has put Parris; the outcome for a program

exit codes:
  0  the job ended as its policy asked: COMPLETED, TIME_LIMIT or COST_LIMIT
  1  it failed: SCRIPT_FAILED, LAUNCH_FAILED, NO_CAPACITY, INSTANCE_LOST, ABORTED, ...;
     or it is followed no further, or its results are not all here
  2  it was refused: a fault in the config, the script or the command; nothing was created
"""


Options = (
    RunOptions
    | StopOptions
    | WatchOptions
    | ResultsOptions
    | EstimateOptions
    | RehearseOptions
    | DeployOptions
    | AwsUpOptions
    | AwsEnvOptions
)


def parse_arguments(
    arguments: Sequence[str],
) -> Options:
    """Return what the command line asks for; help and faults in it end the process."""
    parser = argparse.ArgumentParser(
        prog="parris",
        description=_ABOUT,
        epilog="Start with: parris run --embedded",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"parris {__version__}")
    commands = parser.add_subparsers(metavar="COMMAND", required=True)
    _add_run(
        add_command(
            commands,
            "run",
            summary="run one training job and follow it to its end",
            about=_RUN_ABOUT,
            examples=_RUN_EXAMPLES,
        )
    )
    add_watch(commands)
    add_results(commands)
    add_stop(commands)
    add_estimate(commands)
    add_rehearse(commands)
    add_deploy(commands)
    add_aws(commands)
    found = parser.parse_args(arguments)
    if "make_options" in vars(found):
        options: Options = found.make_options(found)
        return options
    if "is_up" in vars(found):
        return aws_options(found)
    if "stack_name" in vars(found):
        return deploy_options(found)
    if "job" in vars(found):
        return stop_options(found)
    if "is_estimate" in vars(found):
        return estimate_options(found)
    if "is_rehearsal" in vars(found):
        return rehearse_options(found)
    return RunOptions(
        config=found.config,
        is_embedded=found.embedded,
        deployment=found.deployment,
        settings=tuple(found.set),
        is_json=found.json,
        results=found.results,
    )


def _add_run(run: argparse.ArgumentParser) -> None:
    add_job_arguments(run)
    add_results_folder(run)
