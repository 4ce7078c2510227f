"""The settings of this target."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Self

from parris.settings import Settings

_ONLY_KIND = "default"


@dataclass(frozen=True, slots=True)
class Ec2ServerSettings(Settings):
    """The settings of the deployment, and those of this target.

    Jobs on servers have the role `jobs_role_arn`.
    """

    jobs_role_arn: str = ""
    jobs_role_id: str = ""

    @property
    def default_task_type(self) -> str:
        """Return the kind of task of a config that names none."""
        return next(iter(self.task_types), _ONLY_KIND)

    @classmethod
    def of(cls, settings: Settings) -> Self:
        """Return the settings with this target's variables from the environment.

        The command has none of them. It only searches.
        """
        environment = settings.environment
        return cls(
            **{one.name: getattr(settings, one.name) for one in fields(Settings)},
            jobs_role_arn=environment.get("PARRIS_SERVER_JOBS_ROLE_ARN", ""),
            jobs_role_id=environment.get("PARRIS_SERVER_JOBS_ROLE_ID", ""),
        )
