"""The file `training/training.json`, which requests a training by being created."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

from parris.payloads import Payload, maybe_text_in, part_of, text_in
from parris.training_api.training_request import STARTED_BY_KEY, TASK_TYPE_KEY, job_id_of
from parris.validation.read_json import JsonTextError, read_json_object

if TYPE_CHECKING:
    from parris.training_api.task_type import TaskType

_JOB_ID, _INPUT = "_job-id", "_input"


@dataclass(frozen=True, slots=True)
class FileEvent:
    """What S3 reports of a file: created or deleted. Sequencers of one key grow with time.

    Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/ev-events.html
    """

    key: str
    sequencer: str
    etag: str

    @classmethod
    def from_event(cls, event: Payload) -> Self:
        """Return the file that an event of EventBridge is about."""
        described = part_of(part_of(event, "detail"), "object")
        return cls(
            text_in(described, "key"),
            text_in(described, "sequencer"),
            maybe_text_in(described, "etag") or "",
        )


def is_later(sequencer: str, other: str) -> bool:
    """Return whether one event of a key happened after another: by their hexadecimal numbers."""
    return int(sequencer, 16) > int(other, 16)


@dataclass(frozen=True, slots=True)
class RequestedTraining:
    """The execution that a file requests."""

    job_id: str
    execution_input: Payload


def file_of(job_id: str, execution_input: Payload) -> bytes:
    """Return the content of the file for an execution that the training API starts itself."""
    content = {_JOB_ID: job_id, _INPUT: execution_input}
    return json.dumps(content, indent=2).encode()


def read_request_file(body: bytes, task_type: TaskType, event: FileEvent) -> RequestedTraining:
    """Return what a file requests.

    Args:
        body: its content: a training config, or what `file_of` has written.
        task_type: the kind of task whose file it is.
        event: its creation, which identifies the request of a file that a person has written.

    Raises:
        JsonTextError: if it is not a JSON object.
    """
    content = read_json_object(body)
    job_id, given = content.get(_JOB_ID), content.get(_INPUT)
    if isinstance(job_id, str) and isinstance(given, dict):
        return RequestedTraining(job_id, given)
    if job_id is not None or given is not None:
        raise JsonTextError(f"{_JOB_ID} and {_INPUT} belong to the training API")
    return RequestedTraining(
        job_id_of(task_type, event.sequencer),
        {
            **task_type.execution_input(content),
            STARTED_BY_KEY: event.key,
            TASK_TYPE_KEY: task_type.name,
        },
    )
