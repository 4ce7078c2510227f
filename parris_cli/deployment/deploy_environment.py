"""`parris deploy --with TARGET`: the environment of a target, after its deployment."""

from __future__ import annotations

from typing import TYPE_CHECKING

from parris_cli.deployment.config import parse_settings
from parris_cli.deployment.environments import (
    deploy_command,
    environment_name,
    environment_parameters,
    environment_template,
    targets_with_environment,
)
from parris_cli.deployment.sam import environment_command
from parris_cli.deployment.stacks import deployed_stack, outputs_of, parameters_of
from parris_cli.deployment.template_parameters import template_parameters
from parris_cli.errors import RefusedError
from parris_cli.project_files import PROJECT

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from mypy_boto3_cloudformation.type_defs import StackTypeDef

_CONNECTIONS = (
    "DeploymentName",
    "ImageRepositoryUri",
    "ServerJobsRoleArn",
    "TrainerLogGroupName",
    "TrainingBucketName",
)


def is_for_environment(setting: str) -> bool:
    """Return whether a `--set` is for a parameter of an environment: TARGET.Parameter=Value."""
    name, dot, _ = setting.partition("=")[0].partition(".")
    return bool(dot) and name in targets_with_environment()


def environment_settings(
    settings: Iterable[str], deployed: Iterable[str]
) -> dict[str, dict[str, str]]:
    """Return the parameters that `--set` gives, by the target whose environment has them.

    Args:
        settings: those of the command line that are for environments.
        deployed: the targets whose environments are deployed.

    Raises:
        RefusedError: with all settings of a target at once that its template does not accept.
    """
    given: dict[str, list[str]] = {target: [] for target in deployed}
    for setting in settings:
        target, _, rest = setting.partition(".")
        if target not in given:
            raise RefusedError(f"--set {setting}: is for --with {target}")
        given[target].append(rest)
    return {
        target: parse_settings(
            ours, template_parameters(environment_template(target)), f"{target}."
        )
        for target, ours in given.items()
    }


def command_for_environment(
    sam: str,
    deployment: str,
    target: str,
    stack: StackTypeDef | None,
    settings: Mapping[str, str],
) -> list[str]:
    """Return sam's command that deploys an environment.

    Args:
        sam: the program.
        deployment: the deployment's stack name.
        target: whose environment it is.
        stack: the deployment's stack; None shows where its outputs go.
        settings: parameters of the environment that the command line gives.
    """
    if stack is None:
        outputs = {name: f"(output {name} of {deployment})" for name in _CONNECTIONS}
        connected = environment_parameters(target, outputs, {})
        if "ImageRepositoryName" in connected:
            connected["ImageRepositoryName"] = f"(name of the image repository of {deployment})"
    else:
        connected = environment_parameters(target, outputs_of(stack), parameters_of(stack))
    template = environment_template(target).relative_to(PROJECT)
    name = environment_name(deployment, target)
    return environment_command(sam, template, name, {**connected, **settings})


def describe_environment(deployment: str, target: str) -> str:
    """Return what was deployed, and what to do with it.

    Raises:
        RefusedError: when the stack cannot be seen.
    """
    stack_name = environment_name(deployment, target)
    outputs = outputs_of(deployed_stack(stack_name))
    width = max(len(name) for name in outputs)
    named = "" if deployment == "parris" else f" --deployment {deployment}"
    return "\n".join(
        [
            f"{stack_name}:",
            *(f"{name:<{width}}  {value}" for name, value in outputs.items()),
            "",
            f"Run the example of the target {target}:",
            f"  parris run{named} config/{target}/job.json",
            "Change the environment:",
            f"  {deploy_command(deployment, target)} --set {target}.PARAMETER=VALUE",
            "Delete it, before the deployment:",
            f"  aws cloudformation delete-stack --stack-name {stack_name}",
        ]
    )
