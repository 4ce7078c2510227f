"""AWS Batch: the names of the job queues of this account and Region."""

from __future__ import annotations

from typing import Any

from parris.aws.translate_errors import translates_errors


class JobQueues:
    """All job queues: jobs of a deployment may be in any."""

    def __init__(self, client: Any) -> None:
        self._client = client

    @translates_errors
    def names(self) -> tuple[str, ...]:
        """Return the names of all queues."""
        pages = self._client.get_paginator("describe_job_queues").paginate()
        return tuple(one["jobQueueName"] for page in pages for one in page["jobQueues"])
