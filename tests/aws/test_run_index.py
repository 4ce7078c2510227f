"""The run index: one item for each run, found by its owner and by its time without a scan."""

from typing import Any

import pytest

from parris.aws.run_index import BY_OWNER, BY_TIME, RunIndex
from parris.payloads import Payload
from tests.aws.clients import make_client
from tests.runs_table import RUNS_TABLE, make_runs_table


@pytest.fixture
def index(moto: None) -> RunIndex:
    client = make_client("dynamodb")
    make_runs_table(client)
    return RunIndex(client, RUNS_TABLE)


def an_entry(**changed: Any) -> Payload:
    return {
        "job_id": "iris-1",
        "owner": "arn:aws:iam::123456789012:user/ada",
        "submitted_at": "2031-05-01T12:00:00.000Z",
        "is_guessed": False,
        "training_job_name": "iris",
        "reason": "COMPLETED",
        "started_at": None,
        "runtime_seconds": 90,
        **changed,
    }


def query(index: str, key: str, value: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = make_client("dynamodb").query(
        TableName=RUNS_TABLE,
        IndexName=index,
        KeyConditionExpression="#key = :value AND submitted_at >= :since",
        ExpressionAttributeNames={"#key": key},
        ExpressionAttributeValues={":value": {"S": value}, ":since": {"S": "2031-05-01"}},
        ScanIndexForward=False,
    )["Items"]
    return found


def ids(items: list[dict[str, Any]]) -> list[str]:
    return [item["job_id"]["S"] for item in items]


def test_runs_are_found_by_owner_and_by_time_newest_first(index: RunIndex) -> None:
    index.put(an_entry())
    index.put(an_entry(job_id="iris-2", submitted_at="2031-06-01T12:00:00.000Z"))
    index.put(an_entry(job_id="iris-0", submitted_at="2031-04-30T12:00:00.000Z"))
    index.put(an_entry(job_id="wine", owner="bob", submitted_at="2031-05-15T12:00:00.000Z"))

    assert ids(query(BY_TIME, "kind", "run")) == ["iris-2", "wine", "iris-1"]
    assert ids(query(BY_OWNER, "owner", "bob")) == ["wine"]


def test_a_run_that_is_recorded_again_has_one_item_with_its_latest_state(index: RunIndex) -> None:
    index.put(an_entry(reason="CLEANUP_FAILED", started_at="2031-05-01T12:01:00.000Z"))
    index.put(an_entry())
    index.put(an_entry())

    (item,) = query(BY_TIME, "kind", "run")
    assert item["reason"] == {"S": "COMPLETED"}
    assert item["runtime_seconds"] == {"N": "90"}
    assert "started_at" not in item


def test_a_guess_does_not_replace_who_started_a_run_and_when(index: RunIndex) -> None:
    guess = an_entry(owner="unknown", submitted_at="2031-09-01T00:00:00.000Z", is_guessed=True)
    index.put(an_entry())
    index.put(guess)
    index.put({**guess, "job_id": "forgotten"})

    assert ids(query(BY_OWNER, "owner", "unknown")) == ["forgotten"]
    assert ids(query(BY_TIME, "kind", "run")) == ["forgotten", "iris-1"]
