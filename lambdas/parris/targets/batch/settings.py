"""The settings of this target."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Self

from parris.settings import Settings


@dataclass(frozen=True, slots=True)
class BatchSettings(Settings):
    """The settings of the deployment, and those of this target.

    `job_queue` is the queue of jobs that name none. All of them are names that
    templates/batch/environment.yaml gives to what it makes, whether or not it is deployed.
    """

    job_queue: str = ""
    job_role_arn: str = ""
    execution_role_arn: str = ""
    container_log_group: str = ""

    @classmethod
    def of(cls, settings: Settings) -> Self:
        """Return the settings with this target's variables from the environment.

        The command has none of them. It only searches.
        """
        environment = settings.environment
        return cls(
            **{one.name: getattr(settings, one.name) for one in fields(Settings)},
            job_queue=environment.get("PARRIS_BATCH_JOB_QUEUE", ""),
            job_role_arn=environment.get("PARRIS_BATCH_JOB_ROLE_ARN", ""),
            execution_role_arn=environment.get("PARRIS_BATCH_EXECUTION_ROLE_ARN", ""),
            container_log_group=environment.get("PARRIS_BATCH_LOG_GROUP", ""),
        )
