"""Instances stay for a while after a job, and a matching job has them at once."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from embedded_aws.training_delays import TrainingDelays
from embedded_aws_helpers.idle_containers import IdleContainers
from embedded_aws_helpers.training_jobs import (
    create,
    describe,
    request_of,
    run_to_end,
    statuses,
    virtual_aws,
)

DELAYS = TrainingDelays(start=200)


def kept(name: str = "job", seconds: int = 600, **resources: Any) -> dict[str, Any]:
    request = request_of(name)
    request["ResourceConfig"] |= {"KeepAlivePeriodInSeconds": seconds, **resources}
    return request


def pool_of(aws: Any, name: str = "job") -> dict[str, Any]:
    found: dict[str, Any] = describe(aws, name)["WarmPoolStatus"]
    return found


def test_a_pool_stays_for_its_time_after_the_job(tmp_path: Path) -> None:
    with virtual_aws(tmp_path, IdleContainers(exits_after_seconds=60)) as (aws, clock):
        create(aws, kept())
        assert pool_of(aws) == {"Status": "InUse"}
        ended_at = run_to_end(aws, clock)["TrainingEndTime"]
        clock.run_until(ended_at + timedelta(seconds=599))
        available = pool_of(aws)
        clock.run_until(ended_at + timedelta(seconds=700))
        terminated = pool_of(aws)
    assert available == {"Status": "Available", "ResourceRetainedBillableTimeInSeconds": 599}
    assert terminated == {"Status": "Terminated", "ResourceRetainedBillableTimeInSeconds": 600}


def test_a_matching_job_has_the_instances_at_once_and_another_has_not(tmp_path: Path) -> None:
    containers = IdleContainers(exits_after_seconds=60)
    with virtual_aws(tmp_path, containers, training_delays=DELAYS) as (aws, clock):
        create(aws, kept())
        ended_at = run_to_end(aws, clock)["TrainingEndTime"]
        clock.run_until(ended_at + timedelta(seconds=100))
        create(aws, kept("other", InstanceCount=2))
        create(aws, request_of("without"))
        create(aws, kept("next"))
        reused = pool_of(aws)
        following = run_to_end(aws, clock, "next")
        others = [describe(aws, name)["SecondaryStatus"] for name in ("other", "without")]
        listed = aws.client("sagemaker").list_training_jobs(WarmPoolStatusEquals="Available")
    assert reused == {
        "Status": "Reused",
        "ReusedByJob": "next",
        "ResourceRetainedBillableTimeInSeconds": 100,
    }
    assert following["TrainingEndTime"] - following["CreationTime"] == timedelta(seconds=60)
    assert statuses(following)[:2] == ["Starting", "Downloading"]
    assert others == ["Starting", "Starting"]
    assert [one["TrainingJobName"] for one in listed["TrainingJobSummaries"]] == ["next"]


def test_an_update_ends_a_pool_or_keeps_it_for_longer(tmp_path: Path) -> None:
    with virtual_aws(tmp_path, IdleContainers(exits_after_seconds=60)) as (aws, clock):
        update = aws.client("sagemaker").update_training_job
        for count, name in enumerate(("job", "long"), start=1):
            create(aws, kept(name, InstanceCount=count))
            ended_at = run_to_end(aws, clock, name)["TrainingEndTime"]
        update(TrainingJobName="job", ResourceConfig={"KeepAlivePeriodInSeconds": 0})
        update(TrainingJobName="long", ResourceConfig={"KeepAlivePeriodInSeconds": 1200})
        clock.run_until(ended_at + timedelta(seconds=1100))
        found = {name: pool_of(aws, name)["Status"] for name in ("job", "long")}
        described = describe(aws, "long")["ResourceConfig"]["KeepAlivePeriodInSeconds"]
        with pytest.raises(ClientError, match="ValidationException"):
            update(TrainingJobName="job", ResourceConfig={"KeepAlivePeriodInSeconds": 60})
    assert found == {"job": "Terminated", "long": "Available"}
    assert described == 1200


def test_a_job_that_fails_leaves_no_pool(tmp_path: Path) -> None:
    containers = IdleContainers(exits_after_seconds=60, exit_code=1)
    with virtual_aws(tmp_path, containers) as (aws, clock):
        create(aws, kept())
        run_to_end(aws, clock)
        assert pool_of(aws) == {"Status": "Terminated"}
