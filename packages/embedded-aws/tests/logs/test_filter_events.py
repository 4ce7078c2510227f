from typing import Any

import pytest
from botocore.exceptions import ClientError

from embedded_aws import EmbeddedAws

GROUP = "/of/a-test"


@pytest.fixture
def logs(aws: EmbeddedAws) -> Any:
    """Three streams, each with an event at a different second."""
    client = aws.client("logs")
    client.create_log_group(logGroupName=GROUP)
    now = int(aws.context.clock.now().timestamp() * 1000)
    for name, age_seconds in (("job-a/1", 10), ("job-a/2", 30), ("job-b/1", 20)):
        client.create_log_stream(logGroupName=GROUP, logStreamName=name)
        event = {"timestamp": now - age_seconds * 1000, "message": f"of {name}"}
        client.put_log_events(logGroupName=GROUP, logStreamName=name, logEvents=[event])
    return client


def found(logs: Any, **request: Any) -> list[str]:
    pages = logs.get_paginator("filter_log_events").paginate(logGroupName=GROUP, **request)
    return [event["message"] for page in pages for event in page["events"]]


def test_the_events_of_all_streams_come_by_their_time(logs: Any) -> None:
    assert found(logs) == ["of job-a/2", "of job-b/1", "of job-a/1"]


def test_a_prefix_chooses_the_streams_on_every_page(logs: Any) -> None:
    expected = ["of job-a/2", "of job-a/1"]
    assert found(logs, logStreamNamePrefix="job-a/") == expected
    paged = {"PaginationConfig": {"PageSize": 1}}
    assert found(logs, logStreamNamePrefix="job-a/", **paged) == expected


def test_a_prefix_of_no_stream_finds_nothing(logs: Any) -> None:
    assert found(logs, logStreamNamePrefix="job-c/") == []


def test_names_choose_the_streams_and_do_not_go_with_a_prefix(logs: Any) -> None:
    assert found(logs, logStreamNames=["job-b/1"]) == ["of job-b/1"]
    with pytest.raises(ClientError, match="InvalidParameterException"):
        found(logs, logStreamNames=["job-b/1"], logStreamNamePrefix="job-b")


def test_a_group_that_is_not_there_is_refused(aws: EmbeddedAws) -> None:
    with pytest.raises(ClientError, match="ResourceNotFoundException"):
        found(aws.client("logs"), logStreamNamePrefix="job")
