"""Requests for training: what their executions are named, and what starts them."""

from typing import Any

import pytest

from parris.payloads import Payload
from parris.training_api.data_set.read import DataFormat
from parris.training_api.request_file import (
    FileEvent,
    file_of,
    is_later,
    read_request_file,
)
from parris.training_api.task_type import TaskType, TaskTypes
from parris.training_api.training_request import (
    TrainingRequest,
    data_folder,
    is_upload_key,
    job_id_of,
    upload_key_of,
)
from parris.validation.read_json import JsonTextError

KINDS = TaskTypes.named(("text", "images"))
TEXT, IMAGES = KINDS.all
EVENT = FileEvent("images/training/training.json", "0A", "etag")


def test_the_default_kind_has_its_files_at_the_root_of_the_bucket() -> None:
    assert (TEXT.status_key, TEXT.request_key) == ("status.json", "training/training.json")
    assert (IMAGES.status_key, IMAGES.request_key) == (
        "images/status.json",
        "images/training/training.json",
    )
    assert KINDS.find(None) == TEXT
    assert KINDS.find("audio") is None
    assert KINDS.requested_by("images/training/training.json") == IMAGES
    assert KINDS.requested_by("text/training/training.json") is None


def test_a_kind_has_its_own_config_unless_a_request_names_another() -> None:
    assert TEXT.execution_input({"instance-type": "t3.micro"}) == {"instance-type": "t3.micro"}
    assert IMAGES.execution_input({}) == {"config-key": "images/training-config.json"}
    assert IMAGES.execution_input({"config-key": "x.json"}) == {"config-key": "x.json"}


def request_of(**members: Any) -> TrainingRequest:
    return TrainingRequest.from_payload(members, IMAGES)


def test_a_request_and_its_data_make_the_input_of_an_execution() -> None:
    wanted = request_of(config={"gpus": 1}, data={"format": "csv", "content": "text,label\n"})
    assert wanted.execution_input("images-1", "bucket", "ada") == {
        "config-key": "images/training-config.json",
        "gpus": 1,
        "data-set": "s3://bucket/inputs/training/images/images-1/data.csv",
        "_started-by": "ada",
        "_task-type": "images",
        "_request-digest": wanted.digest,
    }
    assert "data-set" not in request_of().execution_input("images-1", "bucket", "")


def test_different_requests_have_different_digests() -> None:
    data = {"format": "csv", "content": "text,label\n"}
    requests = [
        request_of(),
        request_of(config={"gpus": 1}),
        request_of(data=data),
        request_of(data={**data, "format": "jsonl"}),
        request_of(data={**data, "content": "text\n"}),
        request_of(upload="key"),
        TrainingRequest.from_payload({}, TEXT),
    ]
    assert len({one.digest for one in requests}) == len(requests)
    assert request_of(data=data).digest == requests[2].digest


def test_a_job_id_is_the_same_for_the_same_request_of_a_kind() -> None:
    assert job_id_of(TEXT, "key 1") == job_id_of(TEXT, "key 1")
    ids = {job_id_of(TEXT, "key 1"), job_id_of(TEXT, "key 2"), job_id_of(IMAGES, "key 1")}
    assert len(ids) == 3
    longest = TaskType("a" * 31, is_default=True)
    assert len(job_id_of(longest, "x" * 300)) <= 80


def test_only_keys_of_opened_uploads_are_accepted() -> None:
    key = upload_key_of(IMAGES, "0123abc", DataFormat.CSV)
    assert is_upload_key(IMAGES, key)
    assert not is_upload_key(TEXT, key)
    folder = f"{data_folder(IMAGES)}uploads/"
    for other in (f"{folder}../x/data.csv", f"{folder}a/b/data.csv", f"{folder}a/data.exe", "x"):
        assert not is_upload_key(IMAGES, other)


def test_a_file_of_a_person_is_a_config_and_its_event_names_the_job() -> None:
    requested = read_request_file(b'{"gpus": 1}', IMAGES, EVENT)
    assert requested.execution_input["config-key"] == "images/training-config.json"
    assert requested.execution_input["_task-type"] == "images"
    assert requested == read_request_file(b'{"gpus": 1}', IMAGES, EVENT)
    later = FileEvent(EVENT.key, "0B", EVENT.etag)
    assert read_request_file(b'{"gpus": 1}', IMAGES, later).job_id != requested.job_id


def test_a_file_of_the_api_names_the_job_itself() -> None:
    given: Payload = {"gpus": 1}
    requested = read_request_file(file_of("images-1", given), IMAGES, EVENT)
    assert (requested.job_id, requested.execution_input) == ("images-1", given)


@pytest.mark.parametrize("body", [b"", b"[]", b"{", b'{"_job-id": 1}', b'{"_input": {}}'])
def test_another_file_is_refused(body: bytes) -> None:
    with pytest.raises(JsonTextError):
        read_request_file(body, IMAGES, EVENT)


def test_sequencers_are_compared_as_numbers() -> None:
    assert is_later("0100", "FF")
    assert not is_later("FF", "0100")
    assert not is_later("0A", "0a")
