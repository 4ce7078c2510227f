"""One schedule of EventBridge that starts jobs of a deployment."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from parris.payloads import Payload

# What CloudFormation calls the schedule that the parameters of template.yaml make.
_OF_THE_TEMPLATE = "TrainingSchedule-"


@dataclass(frozen=True, slots=True)
class Schedule:
    """A schedule, as EventBridge Scheduler has it.

    Args:
        deployment: the stack name of Parris, with which the schedule's name begins.
        full_name: its name in EventBridge.
        expression: when it starts a job: cron(...), rate(...) or at(...).
        timezone: of the expression.
        is_enabled: whether it starts jobs at present.
        execution_input: what it starts the workflow with, as text.
    """

    deployment: str
    full_name: str
    expression: str
    timezone: str
    is_enabled: bool
    execution_input: str

    @property
    def name(self) -> str:
        """Return its name without the deployment's."""
        return self.full_name.removeprefix(f"{self.deployment}-")

    @property
    def is_of_template(self) -> bool:
        """Return whether the deployment's own parameters have made it."""
        return self.name.startswith(_OF_THE_TEMPLATE)

    @property
    def starts(self) -> str:
        """Return what it starts, for people."""
        try:
            config = json.loads(self.execution_input)
        except ValueError:
            return self.execution_input
        if not isinstance(config, dict) or set(config) - {"config-key", "_started-by"}:
            return self.execution_input
        return str(config.get("config-key", "the default job"))

    def line(self) -> str:
        """Return one line about it."""
        state = "" if self.is_enabled else "  (disabled)"
        return f"{self.name}  {self.expression} {self.timezone}  {self.starts}{state}"

    def to_json(self) -> Payload:
        """Return it for programs."""
        return {
            "name": self.name,
            "schedule": self.full_name,
            "expression": self.expression,
            "timezone": self.timezone,
            "is_enabled": self.is_enabled,
            "input": self.execution_input,
            "is_of_template": self.is_of_template,
        }
