"""`parris deploy --with batch`: the environment of batch jobs, after its deployment."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from parris_cli.deployment.batch_environment import (
    SETTING_PREFIX,
    TEMPLATE,
    deploy_command,
    environment_name,
    environment_parameters,
)
from parris_cli.deployment.config import parse_settings
from parris_cli.deployment.sam import environment_command
from parris_cli.deployment.stacks import deployed_stack, outputs_of, parameters_of
from parris_cli.deployment.template_parameters import template_parameters
from parris_cli.errors import RefusedError
from parris_cli.project_files import PROJECT

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from mypy_boto3_cloudformation.type_defs import StackTypeDef

_FILE = TEMPLATE.relative_to(PROJECT)


def batch_settings(settings: Iterable[str], *, is_deployed: bool) -> dict[str, str]:
    """Return the parameters of the environment that `--set` gives.

    Args:
        settings: those of the command line that begin with the prefix.
        is_deployed: whether the environment is deployed at all.

    Raises:
        RefusedError: with all settings at once that the template does not accept.
    """
    given = [one.removeprefix(SETTING_PREFIX) for one in settings]
    if given and not is_deployed:
        raise RefusedError(f"--set {SETTING_PREFIX}{given[0]}: is for --with batch")
    return parse_settings(given, template_parameters(TEMPLATE), SETTING_PREFIX)


def batch_command(
    sam: str, deployment: str, stack: StackTypeDef | None, settings: Mapping[str, str]
) -> list[str]:
    """Return sam's command that deploys the environment.

    Args:
        sam: the program.
        deployment: the deployment's stack name.
        stack: the deployment's stack; None shows where its outputs go.
        settings: parameters of the environment that the command line gives.
    """
    if stack is None:
        names = ("TrainingBucketName", "ImageRepositoryUri", "TrainerLogGroupName")
        connected = environment_parameters(
            {name: f"(output {name} of {deployment})" for name in names}, {}
        ) | {
            "ImageRepositoryName": f"(what follows / in output ImageRepositoryUri of {deployment})"
        }
    else:
        connected = environment_parameters(outputs_of(stack), parameters_of(stack))
    return environment_command(
        sam, Path(_FILE), environment_name(deployment), {**connected, **settings}
    )


def describe_environment(deployment: str) -> str:
    """Return what was deployed, and what to do with it.

    Raises:
        RefusedError: when the stack cannot be seen.
    """
    outputs = outputs_of(deployed_stack(environment_name(deployment)))
    shown = ("JobQueueName", "JobRoleArn", "LogGroupName", "SubnetIds", "WhatStays")
    width = max(len(name) for name in shown)
    lines = [f"{name:<{width}}  {outputs.get(name, '')}" for name in shown]
    named = "" if deployment == "parris" else f" --deployment {deployment}"
    return "\n".join(
        [
            *lines,
            "",
            "Build and push the image of the example, and run it:",
            f"  parris image push config/batch{named}",
            f"  parris run{named} config/batch/job.yaml --set image=URI",
            "Delete the environment, before the deployment:",
            f"  aws cloudformation delete-stack --stack-name {environment_name(deployment)}",
            f"Change it: {deploy_command(deployment)} --set {SETTING_PREFIX}ComputeType=SPOT",
        ]
    )
