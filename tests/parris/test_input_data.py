"""Input data that a machine could not read is a violation, which says what to do about it."""

import dataclasses

import pytest

from parris.payloads import Json, Payload
from parris.validation.input_data import find_input_violations
from tests.builders import BUCKET
from tests.parris.test_stack_parameters import SETTINGS as SHARED

SETTINGS = dataclasses.replace(
    SHARED,
    training_bucket=BUCKET,
    shared_folders=("team", "data/sets"),
    input_buckets=("open-data",),
)


def violations(uri: Json, *, has_own_role: bool = False) -> list[str]:
    found = find_input_violations({"input-data": [uri]}, SETTINGS, has_own_role=has_own_role)
    assert all(one.path == "/input-data/0" for one in found)
    return [one.expected for one in found]


@pytest.mark.parametrize(
    "uri",
    [
        f"s3://{BUCKET}/team",
        f"s3://{BUCKET}/team/",
        f"s3://{BUCKET}/team/iris.csv",
        f"s3://{BUCKET}/data/sets/iris/",
        "s3://open-data",
        "s3://open-data/any/thing",
    ],
)
def test_what_every_job_may_read_is_fine(uri: str) -> None:
    assert violations(uri) == []


@pytest.mark.parametrize("key", ["teams/x", "data/", "data/other/x", "own/x", "x", "", "/team/x"])
def test_what_lies_elsewhere_in_the_training_bucket_is_not(key: str) -> None:
    uri = f"s3://{BUCKET}/{key}"
    (message,) = violations(uri)
    assert "(team/, data/sets/)" in message
    assert f"aws s3 cp --recursive {uri} s3://{BUCKET}/team/" in message
    assert "parris deploy --set RolePerJob=true" in message
    assert violations(uri, has_own_role=True) == []


def test_a_folder_can_be_shared() -> None:
    (message,) = violations(f"s3://{BUCKET}/own/x")
    assert "parris deploy --set SharedFolders=team,data/sets,own" in message


@pytest.mark.parametrize("folder", ["jobs", "machines", "steering", "uploads"])
def test_what_machines_and_functions_write_cannot_be_shared(folder: str) -> None:
    (message,) = violations(f"s3://{BUCKET}/{folder}/x/y")
    assert "SharedFolders=" not in message


def test_where_nothing_is_shared_the_message_says_so() -> None:
    closed = dataclasses.replace(SETTINGS, shared_folders=())
    config: Payload = {"input-data": [f"s3://{BUCKET}/team/x"]}
    (found,) = find_input_violations(config, closed, has_own_role=False)
    assert "none so far" in found.expected
    assert "SharedFolders=team)" in found.expected


@pytest.mark.parametrize("has_own_role", [True, False])
def test_another_bucket_is_to_be_listed_whoever_reads_it(has_own_role: bool) -> None:
    (message,) = violations("s3://elsewhere/x", has_own_role=has_own_role)
    assert "parris deploy --set InputBuckets=open-data,elsewhere" in message


@pytest.mark.parametrize("uri", [5, None, "https://x", ["s3://x"]])
def test_what_is_not_an_uri_is_left_to_the_schema(uri: Json) -> None:
    assert violations(uri) == []
