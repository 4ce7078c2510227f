"""`parris deploy`: puts Parris into an AWS account, or updates it there."""

import argparse
from pathlib import Path

from parris_cli.commands.command import Command
from parris_cli.project_files import PROJECT

_ABOUT = """\
Put Parris into your AWS account, or update it there.

It reads config/lambda-config.json, then runs `sam build` and `sam deploy` with the parameters that
the file sets. docs/deploying.md goes from an empty account to the first job.
"""

_EXAMPLES = """\
examples:
  parris deploy --dry-run
      only print the commands that would be run
  parris deploy --set LogRetentionDays=90 --set SubnetId=subnet-0123456789abcdef0
      with parameters of template.yaml beside those of the file
  parris deploy --config team.json --stack-name team-parris
      a second deployment beside the first, with a config of its own

A parameter that nothing sets keeps the value that it has; --set TrainingBucketName= takes one back.

exit codes:
  0  it is deployed
  1  sam is not there, or has failed: what it said is above
  2  it was refused: the config or the command line is invalid; nothing was done
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
        help="what the deployment is called (default: parris)",
    )
    parser.add_argument(
        "--set",
        action="append",
        default=[],
        metavar="PARAMETER=VALUE",
        help="a parameter of template.yaml, over the config's; may be given again",
    )
    parser.add_argument(
        "--dry-run", action="store_true", help="print the commands and run none of them"
    )


def _call(found: argparse.Namespace) -> int:
    from parris_cli.deployment.deploy import DeployOptions, deploy

    return deploy(
        DeployOptions(
            config=found.config,
            stack_name=found.stack_name,
            settings=tuple(found.set),
            is_dry_run=found.dry_run,
        )
    )


DEPLOY = Command(
    "deploy",
    "put Parris into your AWS account, or update it there",
    _ABOUT,
    _EXAMPLES,
    _add_arguments,
    _call,
)
