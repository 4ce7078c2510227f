"""A kind of task: its files in the training bucket, and the config that its jobs start with.

The default kind has its files at the root of the bucket, where a single server always had them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from parris.payloads import Payload

REQUEST_FILE = "training/training.json"
"""Created, it starts a job; deleted by a person, it stops that job."""

_STATUS_FILE, _CONFIG_FILE = "status.json", "training-config.json"


@dataclass(frozen=True, slots=True)
class TaskType:
    """A kind of task."""

    name: str
    is_default: bool

    @property
    def status_key(self) -> str:
        """Return the key of the status file."""
        return f"{self._folder}{_STATUS_FILE}"

    @property
    def request_key(self) -> str:
        """Return the key of the file that requests a training."""
        return f"{self._folder}{REQUEST_FILE}"

    def execution_input(self, config: Payload) -> Payload:
        """Return the input of an execution: the config of this kind, and what a request changes.

        The default kind has the team's config, which is the base of every execution.
        """
        if self.is_default or "config-key" in config:
            return config
        return {"config-key": f"{self._folder}{_CONFIG_FILE}", **config}

    @property
    def _folder(self) -> str:
        return "" if self.is_default else f"{self.name}/"


@dataclass(frozen=True, slots=True)
class TaskTypes:
    """The kinds of task of a deployment; the first is the default."""

    all: tuple[TaskType, ...]

    @classmethod
    def named(cls, names: Iterable[str]) -> TaskTypes:
        """Return the kinds with these names."""
        return cls(tuple(TaskType(name, not at) for at, name in enumerate(names)))

    @property
    def names(self) -> tuple[str, ...]:
        """Return their names, the default kind's first."""
        return tuple(one.name for one in self.all)

    def find(self, name: str | None) -> TaskType | None:
        """Return the kind of that name, the default one for None; None if there is no such kind."""
        if name is None:
            return self.all[0]
        return next((one for one in self.all if one.name == name), None)

    def requested_by(self, key: str) -> TaskType | None:
        """Return the kind whose request file has this key, or None."""
        return next((one for one in self.all if one.request_key == key), None)
