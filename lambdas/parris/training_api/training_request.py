"""A request for training over HTTP: the execution that it starts, and the data that it brings."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

from parris.folder import INPUTS_FOLDER
from parris.payloads import Payload, maybe_text_in, part_of, text_in
from parris.training_api.data_set.read import DataFormat
from parris.validation.data_set import DATA_SET_KEY

if TYPE_CHECKING:
    from parris.training_api.task_type import TaskType

DIGEST_KEY, TASK_TYPE_KEY, STARTED_BY_KEY = "_request-digest", "_task-type", "_started-by"
"""Comments in the input of an execution that a request has started."""

_NAME_DIGITS = 24


@dataclass(frozen=True, slots=True)
class PostedData:
    """A data set in the body of a request."""

    data_format: DataFormat
    content: bytes


@dataclass(frozen=True, slots=True)
class TrainingRequest:
    """A request. It has `data` or the key of an `upload`, or neither."""

    task_type: TaskType
    config: Payload
    data: PostedData | None
    upload_key: str | None

    @classmethod
    def from_payload(cls, payload: Payload, task_type: TaskType) -> Self:
        """Return the request in a body that has no violations."""
        data = part_of(payload, "data")
        return cls(
            task_type=task_type,
            config=part_of(payload, "config"),
            data=PostedData(DataFormat(text_in(data, "format")), text_in(data, "content").encode())
            if data
            else None,
            upload_key=maybe_text_in(payload, "upload"),
        )

    @property
    def digest(self) -> str:
        """Return what distinguishes this request from every other one."""
        data = "" if self.data is None else hashlib.sha256(self.data.content).hexdigest()
        data_format = "" if self.data is None else self.data.data_format
        whole = [self.task_type.name, self.config, data, data_format, self.upload_key]
        return hashlib.sha256(json.dumps(whole, sort_keys=True).encode()).hexdigest()

    def data_key(self, job_id: str) -> str | None:
        """Return the key of the job's data set in the training bucket, None without one."""
        if self.data is None:
            return self.upload_key
        folder = data_folder(self.task_type)
        return f"{folder}{job_id}/data.{self.data.data_format}"

    def execution_input(self, job_id: str, bucket: str, caller: str) -> Payload:
        """Return the input of the execution."""
        key = self.data_key(job_id)
        data: Payload = {} if key is None else {DATA_SET_KEY: f"s3://{bucket}/{key}"}
        return {
            **self.task_type.execution_input(self.config),
            **data,
            STARTED_BY_KEY: caller or "the training API",
            TASK_TYPE_KEY: self.task_type.name,
            DIGEST_KEY: self.digest,
        }


def data_folder(task_type: TaskType) -> str:
    """Return the folder of the data sets of a kind of task, with a trailing slash."""
    return f"{INPUTS_FOLDER}/training/{task_type.name}/"


def upload_key_of(task_type: TaskType, upload_id: str, data_format: DataFormat) -> str:
    """Return the key of a data set that is uploaded before it is used."""
    return f"{data_folder(task_type)}uploads/{upload_id}/data.{data_format}"


def is_upload_key(task_type: TaskType, key: str) -> bool:
    """Return whether `upload_key_of` can have returned this key."""
    prefix = f"{data_folder(task_type)}uploads/"
    upload_id, _, name = key.removeprefix(prefix).partition("/")
    names = {f"data.{one}" for one in DataFormat}
    return key.startswith(prefix) and upload_id.isalnum() and name in names


def job_id_of(task_type: TaskType, identity: str) -> str:
    """Return the name of the execution of a request; the same request has the same name.

    Args:
        task_type: the kind of task.
        identity: what the client or S3 identifies the request by.
    """
    whole = json.dumps([task_type.name, identity])
    digest = hashlib.sha256(whole.encode()).hexdigest()[:_NAME_DIGITS]
    return f"{task_type.name}-{digest}"
