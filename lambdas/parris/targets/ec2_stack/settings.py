"""The settings of this target."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Self

from parris.settings import Settings, listed


@dataclass(frozen=True, slots=True)
class Ec2StackSettings(Settings):
    """The settings of the deployment, and those of this target. An empty string sets no default."""

    stack_role_arn: str = ""
    instance_profile: str = ""
    subnet_id: str = ""
    security_group_id: str = ""
    allowed_role_names: tuple[str, ...] = ()
    job_boundary_arn: str = ""
    trainers_role_id: str = ""

    @classmethod
    def of(cls, settings: Settings) -> Self:
        """Return the settings with this target's variables from the environment.

        Raises:
            KeyError: if a variable is missing.
        """
        environment = settings.environment
        return cls(
            **{one.name: getattr(settings, one.name) for one in fields(Settings)},
            stack_role_arn=environment["PARRIS_STACK_ROLE_ARN"],
            instance_profile=environment["PARRIS_INSTANCE_PROFILE"],
            subnet_id=environment.get("PARRIS_SUBNET_ID", ""),
            security_group_id=environment.get("PARRIS_SECURITY_GROUP_ID", ""),
            allowed_role_names=tuple(
                arn.rpartition("/")[2]
                for arn in listed(environment.get("PARRIS_ALLOWED_ROLE_ARNS", ""))
            ),
            job_boundary_arn=environment.get("PARRIS_JOB_BOUNDARY_ARN", ""),
            trainers_role_id=environment.get("PARRIS_TRAINERS_ROLE_ID", ""),
        )
