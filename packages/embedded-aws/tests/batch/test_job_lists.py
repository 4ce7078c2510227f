"""ListJobs filters, sorts, cuts pages, and lags behind."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from embedded_aws import EmbeddedAws
from embedded_aws_helpers.batch import DELAYS, QUEUE, run_until_status, submit, virtual_batch


def test_only_running_jobs_are_listed_unless_a_status_or_a_filter_says_otherwise(
    tmp_path: Path,
) -> None:
    with virtual_batch(tmp_path) as (aws, clock):
        first = submit(aws, "Train-1")
        run_until_status(aws, clock, first, "RUNNING")
        second = submit(aws, "train-2")
        assert listed(aws) == [first]
        assert listed(aws, jobStatus="SUBMITTED") == [second]
        assert listed(aws, filters=by("JOB_NAME", "train-1")) == [first]
        assert listed(aws, filters=by("JOB_NAME", "train*")) == [second, first]
        assert listed(aws, filters=by("JOB_DEFINITION", "definition")) == [second, first]
        assert listed(aws, filters=by("JOB_DEFINITION", "other")) == []
        assert listed(aws, filters=by("AFTER_CREATED_AT", "0"), maxResults=1) == [second]


def test_a_new_job_is_not_listed_at_once(tmp_path: Path) -> None:
    delays = replace(DELAYS, list_lag=60)
    with virtual_batch(tmp_path, batch_delays=delays) as (aws, clock):
        job_id = submit(aws)
        named = by("JOB_NAME", "job")
        assert listed(aws, filters=named) == []
        clock.run_while(lambda: not listed(aws, filters=named))
        waited = clock.now()
        run_until_status(aws, clock, job_id, "RUNNING")
        assert listed(aws) == []
        clock.run_while(lambda: not listed(aws))
    assert (clock.now() - waited).total_seconds() >= 60


@pytest.mark.parametrize(
    ("parts", "message"),
    [
        ({"jobQueue": "other"}, "does not exist"),
        ({"filters": [{"name": "JOB_NAME", "values": ["a"]}] * 2}, "Only one filter"),
        ({"filters": [{"name": "COLOUR", "values": ["red"]}]}, "Unknown filter"),
    ],
)
def test_what_is_no_list_is_refused(tmp_path: Path, parts: dict[str, Any], message: str) -> None:
    with virtual_batch(tmp_path) as (aws, _):
        submit(aws)
        with pytest.raises(ClientError, match=message):
            listed(aws, **parts)


def by(name: str, value: str) -> list[dict[str, Any]]:
    return [{"name": name, "values": [value]}]


def listed(aws: EmbeddedAws, **parts: Any) -> list[str]:
    found = aws.client("batch").list_jobs(**{"jobQueue": QUEUE, **parts})
    return [str(one["jobId"]) for one in found["jobSummaryList"]]
