"""Deploys what jobs of a target run in into an embedded AWS, which begins without it."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from parris_cli.deployment.environments import (
    environment_name,
    environment_parameters,
    environment_template,
    targets_with_environment,
)
from parris_cli.errors import RefusedError
from parris_cli.project_files import PROJECT

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from mypy_boto3_ec2.type_defs import FilterTypeDef

    from parris_cli.account.clients import Account
    from parris_cli.starting.job_files import JobFiles
    from parris_cli.terminal.screen import Screen

_CHECK_SECONDS = 0.05
_AWAKE = ("pending", "running", "stopping")


def _wait_while(is_true: Callable[[], bool]) -> None:
    while is_true():
        time.sleep(_CHECK_SECONDS)


def deploy_environment(
    account: Account,
    files: JobFiles,
    screen: Screen | None,
    *,
    run_while: Callable[[Callable[[], bool]], None] = _wait_while,
    parameters: Mapping[str, str] | None = None,
) -> None:
    """Deploy the environment of a job's target, if it has one.

    Args:
        account: the deployment in the embedded AWS.
        files: the job's files.
        screen: shows what happens; None shows nothing.
        run_while: lets the time of the embedded AWS pass while a condition holds.
        parameters: parameters of the environment's template.

    Raises:
        RefusedError: when the template cannot be deployed.
    """
    target = files.merged.get("target")
    if isinstance(target, str) and target in targets_with_environment():
        deploy_target(account, target, screen, run_while=run_while, parameters=parameters)


def deploy_target(
    account: Account,
    target: str,
    screen: Screen | None,
    *,
    run_while: Callable[[Callable[[], bool]], None] = _wait_while,
    parameters: Mapping[str, str] | None = None,
) -> None:
    """Deploy the environment of a target, as `deploy_environment` does for a job's.

    Raises:
        RefusedError: when the template cannot be deployed.
    """
    from embedded_aws.packaging.deploy import DeployError, deploy_template

    template = environment_template(target)
    shown = template.relative_to(PROJECT).as_posix()
    if screen is not None:
        screen.say(f"deploying {shown} into it", "embedded")
    deployment = account.deployment.name
    (stack,) = account.cloudformation.describe_stacks(StackName=deployment)["Stacks"]
    outputs = {one["OutputKey"]: one["OutputValue"] for one in stack["Outputs"]}
    own = {one["ParameterKey"]: one["ParameterValue"] for one in stack.get("Parameters", [])}
    given = {**environment_parameters(target, outputs, own), **(parameters or {})}
    name = environment_name(deployment, target)
    try:
        deploy_template(account.client, template, name, given, run_while)
    except DeployError as err:
        raise RefusedError(f"{shown} could not be deployed: {err}", reason=None) from err
    # A server sets itself up, and then sleeps until its first job.
    run_while(lambda: _is_awake(account, name))


def _is_awake(account: Account, stack_name: str) -> bool:
    filters: list[FilterTypeDef] = [
        {"Name": "tag:aws:cloudformation:stack-name", "Values": [stack_name]},
        {"Name": "instance-state-name", "Values": list(_AWAKE)},
    ]
    return bool(account.client("ec2").describe_instances(Filters=filters)["Reservations"])
