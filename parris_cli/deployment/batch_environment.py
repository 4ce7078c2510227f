"""The environment of batch jobs beside a deployment: a stack of its own, templates/batch."""

from __future__ import annotations

from typing import TYPE_CHECKING

from parris_cli.errors import RefusedError
from parris_cli.project_files import PROJECT

if TYPE_CHECKING:
    from collections.abc import Mapping

BATCH = "batch"
SETTING_PREFIX = f"{BATCH}."
"""What stands before a parameter of the environment in `--set`."""
TEMPLATE = PROJECT / "templates" / "batch" / "environment.yaml"
DEFAULT_TYPE = "EC2"

# Names of roles have 64 characters at most, and end with `-batch-exec-` and a Region.
_MOST_NAME_CHARACTERS = 38
# The same parameters of the deployment count for the jobs of both.
_SHARED_PARAMETERS = ("SharedFolders", "InputBuckets", "KmsKeyArns", "LogRetentionDays")


def environment_name(deployment: str) -> str:
    """Return the stack name of a deployment's environment, and so the name of its queue."""
    return f"{deployment}-{BATCH}"


def deploy_command(deployment: str) -> str:
    """Return the command that deploys the environment, or updates it."""
    named = "" if deployment == "parris" else f" --stack-name {deployment}"
    return f"parris deploy{named} --with {BATCH}"


def check_deployment_name(deployment: str) -> None:
    """Raise unless the environment of a deployment of this name can have its names.

    Raises:
        RefusedError: when it cannot.
    """
    if len(deployment) > _MOST_NAME_CHARACTERS:
        raise RefusedError(
            f"--stack-name: {deployment} has {len(deployment)} characters; with --with {BATCH} it"
            f" may have {_MOST_NAME_CHARACTERS} at most, since roles are named for it"
        )


def environment_parameters(
    outputs: Mapping[str, str], parameters: Mapping[str, str]
) -> dict[str, str]:
    """Return the parameters that connect the environment with its deployment.

    Args:
        outputs: those of the deployment's stack.
        parameters: those of the deployment's stack.
    """
    found = {
        "TrainingBucketName": outputs["TrainingBucketName"],
        "ImageRepositoryName": outputs["ImageRepositoryUri"].partition("/")[2],
        "TrainerLogGroupName": outputs["TrainerLogGroupName"],
    }
    return found | {name: parameters[name] for name in _SHARED_PARAMETERS if name in parameters}
