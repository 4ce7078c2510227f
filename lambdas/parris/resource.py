"""A resource: one thing that a job's target has made, whatever it is, and what people do with it.

All shared code that finds, reaps, deletes or names what a job left deals in these alone.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Resource:
    """One thing of a target, that is there or may be.

    `kind` is the word that people have for it (`instance`), `resource_id` what AWS calls it, and
    `state` AWS's own word for its state, empty where it was described by its id alone. Its tags say
    the rest: `owner_arn` is the execution that made it, empty where no tag says so; `keep_until` is
    a timestamp or `always`, None where it is not to be kept.

    `runs_job` is true of what the script runs on: an instance, a training job. That `is_over` where
    it has stopped or ended, and has no `is_state_known` where its state is in no table of ours, so
    that nobody knows how to end it. `is_billed` says that it costs money as it is, and `is_in_use`
    that another resource uses it, and ends first. `removed_with` is the id of the resource whose
    removal takes it along, where that is still there.
    """

    target: str
    kind: str
    resource_id: str
    console_url: str
    removal_command: str
    state: str = ""
    owner_arn: str = ""
    training_job_name: str = ""
    on_termination: str = ""
    keep_until: str | None = None
    runs_job: bool = False
    is_over: bool = False
    is_state_known: bool = True
    is_billed: bool = False
    is_in_use: bool = False
    removed_with: str | None = None

    @property
    def is_active(self) -> bool:
        """Return whether the job's script may run on it."""
        return self.runs_job and not self.is_over

    @property
    def is_left_behind(self) -> bool:
        """Return whether it must not outlive its deployment: it runs, or is billed for nothing.

        What was stopped to be kept may outlive it, with what that uses.
        """
        if self.runs_job:
            return not self.is_over
        return self.is_billed and not self.is_in_use and self.keep_until is None

    def describe(self) -> str:
        """Return its kind and id, for people."""
        return f"{self.kind} {self.resource_id}"


Search = Callable[[str | None], tuple[Resource, ...]]
"""Finds resources of one kind: those of one execution, by its ARN, or all of the deployment."""


@dataclass(frozen=True, slots=True)
class Guide:
    """What people are told of a job's resources: what they are, and the commands that reach them.

    `access` says how to get at the data on what is kept, `find_commands` list what there is of the
    job, and `log_commands` show what the machine itself reports.
    """

    resources: tuple[Resource, ...]
    access: str = ""
    find_commands: tuple[str, ...] = ()
    log_commands: tuple[str, ...] = ()

    def of(self, ids: tuple[str, ...]) -> tuple[Resource, ...]:
        """Return the resources with these ids, in the order of the ids."""
        known = {one.resource_id: one for one in self.resources}
        return tuple(known[one] for one in ids if one in known)


NO_GUIDE = Guide(())
