"""AWS Batch: the jobs of this account and Region."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from parris.aws.translate_errors import code_of, message_of, translates_errors
from parris.errors import LaunchFailedError
from parris.targets.batch.batch_job import BatchJob
from parris.targets.batch.failures import TERMINATED_BY_PARRIS
from parris.targets.batch.names import is_job_id, is_name
from parris.targets.batch.status import LIVING_STATUSES, is_living

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from parris.payloads import Payload

_MOST_DESCRIBED = 100
_IS_MISSING = re.compile(r"does not exist|not found|invalid job queue", re.IGNORECASE)


class Jobs:
    """Jobs. A list of them lags behind their submission, and has no tags."""

    def __init__(self, client: Any) -> None:
        self._client = client

    @translates_errors
    def submit(self, request: Payload) -> str:
        """Submit a job and return its id.

        Raises:
            LaunchFailedError: if Batch refuses the request.
        """
        try:
            return str(self._client.submit_job(**request)["jobId"])
        except ClientError as err:
            if code_of(err) == "ClientException":
                raise LaunchFailedError(f"AWS Batch refused the job: {message_of(err)}") from err
            raise

    @translates_errors
    def find(self, job_id: str) -> BatchJob | None:
        """Return the job, or None if Batch does not know it, or no longer does."""
        return next(iter(self._described([job_id])), None) if is_job_id(job_id) else None

    @translates_errors
    def named(self, name: str, queues: Iterable[str]) -> tuple[BatchJob, ...]:
        """Return the jobs of exactly this name, the oldest first."""
        # The filter ignores case.
        found = [one for queue in queues for one in self._filtered(queue, name)]
        ids = [one["jobId"] for one in found if one["jobName"] == name]
        return tuple(sorted(self._described(ids), key=lambda one: one.created_at))

    @translates_errors
    def living_of(self, name_start: str, queues: Iterable[str]) -> tuple[BatchJob, ...]:
        """Return the jobs that live and whose names begin so."""
        found = [one for queue in queues for one in self._filtered(queue, f"{name_start}*")]
        return self._living(found)

    @translates_errors
    def living(self, queues: Iterable[str]) -> tuple[BatchJob, ...]:
        """Return the jobs in these queues that live and whose names could be Parris's."""
        wanted = [(queue, status) for queue in queues for status in LIVING_STATUSES]
        found = [
            one for queue, status in wanted for one in self._pages(jobQueue=queue, jobStatus=status)
        ]
        return self._living(found)

    @translates_errors
    def terminate(self, job_id: str) -> None:
        """End a job in any status; one that has ended is left as it is."""
        self._client.terminate_job(jobId=job_id, reason=TERMINATED_BY_PARRIS)

    def _living(self, found: Sequence[Mapping[str, Any]]) -> tuple[BatchJob, ...]:
        # A list may lag behind: what a job is now, only its description says.
        ids = [
            one["jobId"] for one in found if is_name(one["jobName"]) and is_living(one["status"])
        ]
        described = self._described(list(dict.fromkeys(ids)))
        return tuple(one for one in described if is_living(one.status))

    def _filtered(self, queue: str, name: str) -> Iterator[Mapping[str, Any]]:
        yield from self._pages(jobQueue=queue, filters=[{"name": "JOB_NAME", "values": [name]}])

    def _pages(self, **request: Any) -> Iterator[Mapping[str, Any]]:
        try:
            for page in self._client.get_paginator("list_jobs").paginate(**request):
                yield from page["jobSummaryList"]
        except ClientError as err:
            # A queue that was deleted has no jobs any more: Batch has ended them first.
            if code_of(err) != "ClientException" or not _IS_MISSING.search(message_of(err)):
                raise

    def _described(self, ids: Sequence[str]) -> list[BatchJob]:
        found: list[BatchJob] = []
        for start in range(0, len(ids), _MOST_DESCRIBED):
            some = list(ids[start : start + _MOST_DESCRIBED])
            found += map(_batch_job, self._client.describe_jobs(jobs=some)["jobs"])
        return found


def _batch_job(found: Mapping[str, Any]) -> BatchJob:
    attempts = found.get("attempts", [])
    last = attempts[-1] if attempts else {}
    # Of a job that has ended, the attempt says what its container no longer does.
    container = {**found.get("container", {}), **_without_empty(last.get("container", {}))}
    return BatchJob(
        job_id=found["jobId"],
        name=found["jobName"],
        status=found["status"],
        created_at=_time(found.get("createdAt")) or datetime.fromtimestamp(0, UTC),
        queue=found.get("jobQueue", ""),
        status_reason=found.get("statusReason", ""),
        container_reason=container.get("reason", ""),
        started_at=_time(found.get("startedAt") or last.get("startedAt")),
        stopped_at=_time(found.get("stoppedAt") or last.get("stoppedAt")),
        exit_code=container.get("exitCode"),
        task_arn=container.get("taskArn", ""),
        container_instance_arn=container.get("containerInstanceArn", ""),
        log_stream=container.get("logStreamName", ""),
        definition=found.get("jobDefinition", ""),
        tags=found.get("tags", {}),
    )


def _without_empty(found: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in found.items() if value not in (None, "")}


def _time(milliseconds: int | None) -> datetime | None:
    return datetime.fromtimestamp(milliseconds / 1000, UTC) if milliseconds else None
