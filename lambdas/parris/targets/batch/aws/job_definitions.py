"""AWS Batch: the job definitions that runs have registered."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from parris.aws.translate_errors import code_of, message_of, translates_errors
from parris.errors import LaunchFailedError
from parris.targets.batch.names import is_name

if TYPE_CHECKING:
    from collections.abc import Mapping

    from parris.payloads import Payload

_ACTIVE = "ACTIVE"


@dataclass(frozen=True, slots=True)
class JobDefinition:
    """A revision of a job definition with its tags."""

    name: str
    revision: int
    tags: Mapping[str, str] = field(default_factory=dict)

    @property
    def definition_id(self) -> str:
        """Return its name and revision, by which Batch finds it."""
        return f"{self.name}:{self.revision}"


class JobDefinitions:
    """Job definitions that are active. Those that are deregistered cost nothing and expire."""

    def __init__(self, client: Any) -> None:
        self._client = client

    @translates_errors
    def register(self, request: Payload) -> str:
        """Register a revision and return its ARN.

        Raises:
            LaunchFailedError: if Batch refuses it.
        """
        try:
            return str(self._client.register_job_definition(**request)["jobDefinitionArn"])
        except ClientError as err:
            if code_of(err) == "ClientException":
                text = f"AWS Batch refused the job definition: {message_of(err)}"
                raise LaunchFailedError(text) from err
            raise

    @translates_errors
    def named(self, name: str) -> tuple[JobDefinition, ...]:
        """Return the active revisions of this name."""
        return self._found(jobDefinitionName=name)

    @translates_errors
    def all(self) -> tuple[JobDefinition, ...]:
        """Return the active definitions whose names could be Parris's."""
        return self._found()

    @translates_errors
    def deregister(self, definition_id: str) -> None:
        """Deregister a revision, unless that has happened."""
        self._client.deregister_job_definition(jobDefinition=definition_id)

    def _found(self, **request: str) -> tuple[JobDefinition, ...]:
        pages = self._client.get_paginator("describe_job_definitions")
        found = [
            one
            for page in pages.paginate(status=_ACTIVE, **request)
            for one in page["jobDefinitions"]
        ]
        return tuple(
            JobDefinition(one["jobDefinitionName"], one["revision"], one.get("tags", {}))
            for one in found
            if is_name(one["jobDefinitionName"])
        )
