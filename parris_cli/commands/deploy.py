"""`parris deploy`: deploys Parris to an AWS account, or updates it."""

import argparse
from pathlib import Path

from parris_cli.commands.command import Command
from parris_cli.deployment.environments import targets_with_environment
from parris_cli.project_files import PROJECT

_ABOUT = """\
Deploy Parris to your AWS account, or update it.

It reads config/lambda-config.json, then runs `sam build` and `sam deploy` with the parameters that
the file sets. docs/deploying.md explains every step from an empty account to the first job.
"""

_EXAMPLES = """\
examples:
  parris deploy --dry-run
          only print the commands
  parris deploy --set LogRetentionDays=90 --set SubnetId=subnet-0123456789abcdef0
          set parameters of template.yaml in addition to those of the file
  parris deploy --with TARGET --set TARGET.PARAMETER=VALUE
          also deploy what jobs of that target run in, a stack of its own (docs/TARGET.md)
  parris deploy --config team.json --stack-name team-parris
          a second deployment beside the first, with its own config

A parameter that nothing sets keeps its present value, and an environment that --with does not name
stays as it is. --set TrainingBucketName= resets one.

exit codes:
  0  deployed
  1  sam is not installed or has failed; the cause and its output are shown
  2  refused: the config or the command line is invalid; nothing was done
"""


def _add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--config",
        type=Path,
        default=PROJECT / "config" / "lambda-config.json",
        metavar="FILE",
        help="the deployment's config (default: Parris's own config/lambda-config.json)",
    )
    parser.add_argument(
        "--stack-name",
        default="parris",
        metavar="NAME",
        help="stack name of the deployment (default: parris)",
    )
    parser.add_argument(
        "--set",
        action="append",
        default=[],
        metavar="PARAMETER=VALUE",
        help="a parameter of template.yaml, overriding the config, or of the environment with"
        " TARGET. before it; can be repeated",
    )
    parser.add_argument(
        "--with",
        dest="environments",
        action="append",
        choices=targets_with_environment(),
        default=[],
        help="also deploy the environment of that target's jobs, a stack of its own",
    )
    parser.add_argument(
        "--dry-run", action="store_true", help="print the commands without running them"
    )
    parser.add_argument(
        "--verbose", "-v", action="store_true", help="show sam's own output instead of the phases"
    )


def _call(found: argparse.Namespace) -> int:
    from parris_cli.deployment.deploy import DeployOptions, deploy

    return deploy(
        DeployOptions(
            config=found.config,
            stack_name=found.stack_name,
            settings=tuple(found.set),
            is_dry_run=found.dry_run,
            is_verbose=found.verbose,
            environments=tuple(dict.fromkeys(found.environments)),
        )
    )


DEPLOY = Command(
    "deploy",
    "deploy Parris to your AWS account, or update it",
    _ABOUT,
    _EXAMPLES,
    _add_arguments,
    _call,
)
