"""Queries of Logs Insights find, count and sort what is in the log."""

import json
import time
from typing import Any

import pytest

from embedded_aws import EmbeddedAws

LINES = (
    {"level": "INFO", "job": "iris", "result": {"end": {"reason": "DONE", "usd": "0.5"}}},
    {"level": "INFO", "job": "iris", "result": {"end": {"reason": "LATE", "usd": "2"}}},
    {"level": "ERROR", "job": "rose", "message": 'said "no"'},
    "Task timed out after 3.00 seconds",
)


@pytest.fixture
def log(aws: EmbeddedAws) -> EmbeddedAws:
    logs = aws.client("logs")
    logs.create_log_group(logGroupName="/group")
    logs.create_log_stream(logGroupName="/group", logStreamName="iris/run")
    now = int(time.time() * 1000)
    events = [
        {"timestamp": now + number, "message": line if isinstance(line, str) else json.dumps(line)}
        for number, line in enumerate(LINES)
    ]
    logs.put_log_events(logGroupName="/group", logStreamName="iris/run", logEvents=events)
    return aws


def results(aws: EmbeddedAws, query: str) -> list[dict[str, str]]:
    logs = aws.client("logs")
    started = logs.start_query(
        logGroupNames=["/group"],
        startTime=int(time.time()) - 3600,
        endTime=int(time.time()) + 3600,
        queryString=query,
    )
    found = logs.get_query_results(queryId=started["queryId"])["results"]
    rows = [{one["field"]: one["value"] for one in row} for row in found]
    assert all(("@ptr" in row) == ("stats" not in query) for row in rows)
    return [{name: value for name, value in row.items() if name != "@ptr"} for row in rows]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        (
            "fields job, result.end.reason as reason | filter ispresent(result.end.reason)"
            " | sort result.end.usd desc",
            [{"job": "iris", "reason": "LATE"}, {"job": "iris", "reason": "DONE"}],
        ),
        (
            "fields result.end.usd / 2 as half | filter result.end.reason = 'DONE'",
            [{"half": "0.25"}],
        ),
        (
            "fields job, message | filter level = 'ERROR' or @message like /timed out/"
            " | sort @timestamp asc",
            [{"job": "rose", "message": 'said "no"'}, {}],
        ),
        (
            "filter level = 'INFO' | stats sum(result.end.usd) as usd, count(*) as runs by job",
            [{"job": "iris", "usd": "2.5", "runs": "2"}],
        ),
        (
            "fields level | filter not (level = 'INFO') and @logStream like 'iris/' | limit 2",
            [{}, {"level": "ERROR"}],
        ),
        ("fields job | filter job not like /^iris/", [{}, {"job": "rose"}]),
        ("fields job | filter result.end.usd > 1", [{"job": "iris"}]),
        ("stats count(*) as lines | filter lines > 3", [{"lines": "4"}]),
    ],
)
def test_a_query_returns_what_it_asks_for(
    log: EmbeddedAws, query: str, expected: list[dict[str, Any]]
) -> None:
    assert results(log, query) == expected


def test_without_fields_it_returns_timestamps_and_messages_the_latest_first(
    log: EmbeddedAws,
) -> None:
    found = results(log, "filter level = 'INFO'")
    assert [json.loads(row["@message"])["result"]["end"]["reason"] for row in found] == [
        "LATE",
        "DONE",
    ]
    assert all(row["@timestamp"][10] == " " for row in found)


def test_only_the_first_two_hundred_values_of_an_event_are_fields(log: EmbeddedAws) -> None:
    line = json.dumps({f"f{number}": number for number in range(300)})
    event = {"timestamp": int(time.time() * 1000), "message": line}
    log.client("logs").put_log_events(
        logGroupName="/group", logStreamName="iris/run", logEvents=[event]
    )
    assert results(log, "fields f199 | filter f199 = 199 or f200 = 200") == [{"f199": "199"}]
    assert results(log, "fields f200 | filter f200 = 200") == []


@pytest.mark.parametrize(
    "query",
    [
        "fields",
        "filter level = ",
        "filter (level = 'x'",
        "fields level | | limit 5",
        "fields level level",
        "where level = 'x'",
        "filter level = 'x",
        "stats median(x) as y",
        "limit many",
    ],
)
def test_a_malformed_query_is_refused(log: EmbeddedAws, query: str) -> None:
    logs = log.client("logs")
    with pytest.raises(logs.exceptions.MalformedQueryException):
        results(log, query)
