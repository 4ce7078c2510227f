"""Resources: what a job's target creates, whatever that is, and how people reach it.

Shared code that finds, reaps, deletes or names leftovers uses only these classes.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Resource:
    """One resource of a target.

    `kind` is its name for people (`instance`), `resource_id` its id in AWS, and `state` its state
    in AWS, empty if only the id is known. The tags say the rest: `owner_arn` is the execution that
    created it, empty without such a tag; `keep_until` is a timestamp or `always`, or None if the
    resource is not kept.

    `runs_job` is true for what the script runs on: an instance, a training job. It `is_over` once
    it has stopped or ended. `is_state_known` is false if Parris does not know its state, and so
    cannot end it. `is_billed` says that it costs money in this state, and `is_in_use` that another
    resource uses it, which has to end first. `removed_with` is the id of an existing resource
    whose removal removes this one too.
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
        """Return whether the script may be running on it."""
        return self.runs_job and not self.is_over

    @property
    def is_left_behind(self) -> bool:
        """Return whether it has to end with its deployment: it runs, or is billed and unused.

        A resource that was stopped to be kept may outlive the deployment, with what it uses.
        """
        if self.runs_job:
            return not self.is_over
        return self.is_billed and not self.is_in_use and self.keep_until is None

    def describe(self) -> str:
        """Return its kind and id."""
        return f"{self.kind} {self.resource_id}"


Search = Callable[[str | None], tuple[Resource, ...]]
"""Finds the resources of one kind: of an execution, given its ARN, or of the whole deployment."""


@dataclass(frozen=True, slots=True)
class LogPlace:
    """Where a target's service writes the log of a machine: streams of CloudWatch Logs.

    The names of all streams of the machine, one or several, begin with `stream_prefix`.
    """

    group: str
    stream_prefix: str


@dataclass(frozen=True, slots=True)
class Guide:
    """A job's resources, described for people, with the commands to reach them.

    `access` says how to get the data from a kept resource, `find_commands` list the resources of
    the job, and `log_commands` show the output of the machine. `logs` is empty where a runner of
    ours writes the log.
    """

    resources: tuple[Resource, ...]
    access: str = ""
    find_commands: tuple[str, ...] = ()
    log_commands: tuple[str, ...] = ()
    logs: tuple[LogPlace, ...] = ()

    def of(self, ids: tuple[str, ...]) -> tuple[Resource, ...]:
        """Return the resources with these ids, in this order."""
        known = {one.resource_id: one for one in self.resources}
        return tuple(known[one] for one in ids if one in known)


NO_GUIDE = Guide(())
