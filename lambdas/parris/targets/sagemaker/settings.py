"""The settings of this target."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Self

from parris.settings import Settings, listed


@dataclass(frozen=True, slots=True)
class SageMakerSettings(Settings):
    """The settings of the deployment, and those of this target.

    `boundary_arn` is the permissions boundary of the roles that are made for jobs, and its ARN also
    says which account and partition this is. `allowed_role_arns` are roles that configs may name.
    """

    boundary_arn: str = ""
    allowed_role_arns: tuple[str, ...] = ()

    @classmethod
    def of(cls, settings: Settings) -> Self:
        """Return the settings with this target's variables from the environment.

        The command has none of them. It only searches.
        """
        environment = settings.environment
        return cls(
            **{one.name: getattr(settings, one.name) for one in fields(Settings)},
            boundary_arn=environment.get("PARRIS_SAGEMAKER_BOUNDARY_ARN", ""),
            allowed_role_arns=listed(environment.get("PARRIS_SAGEMAKER_ROLE_ARNS", "")),
        )

    @property
    def partition(self) -> str:
        """Return the partition of the account, such as `aws`."""
        return self.boundary_arn.split(":")[1]

    @property
    def account(self) -> str:
        """Return the id of the account."""
        return self.boundary_arn.split(":")[4]


def role_path(settings: Settings) -> str:
    """Return the IAM path of the roles of jobs. IAM is global, so it names the Region too.

    A person who searches for what a run has left does not know its deployment.
    """
    return (
        f"/parris/{settings.deployment}/{settings.region}/" if settings.deployment else "/parris/"
    )
