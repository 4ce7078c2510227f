"""ListTrainingJobs filters, sorts and cuts pages, in this order."""

from datetime import timedelta
from pathlib import Path
from typing import Any

from embedded_aws_helpers.idle_containers import IdleContainers
from embedded_aws_helpers.training_jobs import BEGIN, create, request_of, run_to_end, virtual_aws


def test_a_page_has_only_what_was_asked_for(tmp_path: Path) -> None:
    containers = IdleContainers(exits_after_seconds=1)

    def names(**wanted: Any) -> list[str]:
        page = aws.client("sagemaker").list_training_jobs(**wanted)
        return [one["TrainingJobName"] for one in page["TrainingJobSummaries"]]

    with virtual_aws(tmp_path, containers) as (aws, clock):
        for number, name in enumerate(("blue-1", "red-1", "blue-2", "red-2")):
            clock.run_until(BEGIN + timedelta(minutes=number))
            create(aws, request_of(name))
        running = names(StatusEquals="InProgress")
        run_to_end(aws, clock, "red-2")
        pages = aws.client("sagemaker").get_paginator("list_training_jobs")
        by_pages = [
            [one["TrainingJobName"] for one in page["TrainingJobSummaries"]]
            for page in pages.paginate(PaginationConfig={"PageSize": 1}, NameContains="red")
        ]
        first = aws.client("sagemaker").list_training_jobs()["TrainingJobSummaries"][0]
        by_name = names(SortBy="Name", SortOrder="Descending")
        late = names(CreationTimeAfter=BEGIN + timedelta(minutes=1))
        ended = names(StatusEquals="Completed", NameContains="blue")
        empty = names(StatusEquals="Failed")

    assert running == ["red-2"]
    assert by_pages == [["red-1"], ["red-2"]]
    assert set(first) == {
        "TrainingJobName",
        "TrainingJobArn",
        "CreationTime",
        "TrainingEndTime",
        "LastModifiedTime",
        "TrainingJobStatus",
        "SecondaryStatus",
    }
    assert by_name == ["red-2", "red-1", "blue-2", "blue-1"]
    assert late == ["blue-2", "red-2"]
    assert ended == ["blue-1", "blue-2"]
    assert empty == []
