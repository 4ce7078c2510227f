"""What jobs of a target run in, if it is a stack of its own beside the deployment.

Such a target has templates/<target>/environment.yaml.
"""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

from parris_cli.deployment.template_parameters import template_parameters
from parris_cli.errors import RefusedError
from parris_cli.project_files import PROJECT

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

COMPUTE_TYPE = "ComputeType"
"""The parameter of an environment that says how its machines are bought."""
_FILE = "environment.yaml"
# Names of roles have 64 characters at most, and end with `-<target>-exec-` and a Region.
_MOST_STACK_NAME_CHARACTERS = 44
# The same parameters of the deployment count for the jobs of both.
_SHARED_PARAMETERS = ("SharedFolders", "InputBuckets", "KmsKeyArns", "LogRetentionDays")


def targets_with_environment() -> list[str]:
    """Return the names of the targets that have an environment."""
    return sorted(one.parent.name for one in (PROJECT / "templates").glob(f"*/{_FILE}"))


def environment_template(target: str) -> Path:
    """Return the template of a target's environment."""
    return PROJECT / "templates" / target / _FILE


def has_spot_environment(target: object) -> bool:
    """Return whether a target has an environment that may buy spot instances."""
    return target in targets_with_environment() and COMPUTE_TYPE in template_parameters(
        environment_template(str(target))
    )


def environment_name(deployment: str, target: str) -> str:
    """Return the stack name of a deployment's environment."""
    return f"{deployment}-{target}"


def deploy_command(deployment: str, target: str) -> str:
    """Return the command that deploys the environment, or updates it."""
    named = "" if deployment == "parris" else f" --stack-name {shlex.quote(deployment)}"
    return f"parris deploy{named} --with {target}"


def check_environment_name(deployment: str, target: str) -> None:
    """Raise unless the environment of a deployment of this name can have its names.

    Raises:
        RefusedError: when it cannot.
    """
    most = _MOST_STACK_NAME_CHARACTERS - len(environment_name("", target))
    if len(deployment) > most:
        raise RefusedError(
            f"--stack-name: {deployment} has {len(deployment)} characters; with --with {target} it"
            f" may have {most} at most, since roles are named for it"
        )


def environment_parameters(
    target: str, outputs: Mapping[str, str], parameters: Mapping[str, str]
) -> dict[str, str]:
    """Return the parameters that connect an environment with its deployment.

    Args:
        target: whose environment it is.
        outputs: those of the deployment's stack.
        parameters: those of the deployment's stack.
    """
    found = {
        **{name: parameters[name] for name in _SHARED_PARAMETERS if name in parameters},
        **outputs,
        "ImageRepositoryName": outputs["ImageRepositoryUri"].partition("/")[2],
        # The first kind is the default.
        "TaskType": parameters.get("TaskTypes", "default").partition(",")[0],
    }
    wanted = template_parameters(environment_template(target))
    return {name: found[name] for name in wanted if name in found}
