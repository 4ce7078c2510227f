"""A job queue needs valid compute environments, changes take time, and a deletion ends its jobs.

moto creates and deletes it at once, in whatever state it is.
"""

import json
from typing import Any

from moto.batch.exceptions import ClientException
from moto.batch.models import BatchBackend, JobQueue
from moto.batch.responses import BatchResponse

from embedded_aws.batch_compute.pages import page_of
from embedded_aws.batch_compute.status import (
    CREATING,
    DELETING,
    UPDATING,
    VALID,
    begin_change,
    require_deletable,
    require_unchanging,
    status_of,
)
from embedded_aws.batch_jobs.running import running_batch_jobs
from embedded_aws.context import current
from embedded_aws.patching import wrap

_MOST_ENVIRONMENTS = 3
_NOT_MODELLED = ("jobStateTimeLimitActions", "schedulingPolicyArn", "serviceEnvironmentOrder")


def install() -> None:
    """Patch the operations."""
    wrap(BatchBackend, "create_job_queue", _make_create)
    wrap(BatchBackend, "update_job_queue", _make_update)
    wrap(BatchBackend, "delete_job_queue", _make_delete)
    wrap(JobQueue, "describe", _make_describe)
    for name in ("createjobqueue", "updatejobqueue"):
        wrap(BatchResponse, name, _make_refuse_unmodelled)
    wrap(BatchResponse, "describejobqueues", _make_describe_page)


def _make_create(original: Any) -> Any:
    def create(
        self: Any,
        queue_name: str,
        priority: Any,
        schedule_policy: str | None,
        state: str | None,
        compute_env_order: list[dict[str, Any]],
        tags: dict[str, str] | None = None,
    ) -> Any:
        _require_environments(self, compute_env_order)
        queue = original(
            self,
            queue_name,
            priority,
            schedule_policy,
            state or "ENABLED",
            _with_arns(self, compute_env_order),
            tags,
        )
        begin_change(queue, CREATING)
        return queue

    return create


def _make_update(original: Any) -> Any:
    def update(
        self: Any,
        queue_name: str,
        priority: Any,
        state: str | None,
        compute_env_order: list[dict[str, Any]] | None,
        schedule_policy: str | None,
    ) -> Any:
        queue = self.get_job_queue(queue_name)
        if queue is not None:
            require_unchanging(queue, "update")
        order = None
        if compute_env_order is not None:
            _require_environments(self, compute_env_order)
            order = _with_arns(self, compute_env_order)
        changed = original(self, queue_name, priority, state, order, schedule_policy)
        begin_change(queue, UPDATING)
        return changed

    return update


def _make_delete(original: Any) -> Any:
    def delete(self: Any, queue_name: str) -> None:
        queue = self.get_job_queue(queue_name)
        if queue is None:
            return
        require_deletable(queue, "job queue")
        running = running_batch_jobs(current())
        for job in list(self._jobs.values()):
            if job.queue_arn == queue.arn and job.job_id in running:
                running[job.job_id].control.terminate("Job queue was deleted")
        deleted_at = begin_change(queue, DELETING)
        current().clock.call_at(deleted_at, lambda: self._job_queues.pop(queue.arn, None))

    return delete


def _make_refuse_unmodelled(original: Any) -> Any:
    def change(self: Any) -> str:
        request = json.loads(self.body)
        for name in _NOT_MODELLED:
            if request.get(name):
                raise ClientException(f"The embedded AWS does not model this: {name}")
        changed: str = original(self)
        return changed

    return change


def _make_describe(original: Any) -> Any:
    def describe(self: Any) -> dict[str, Any]:
        found: dict[str, Any] = original(self)
        status = status_of(self)
        found |= {"status": status, "statusReason": "JobQueue Healthy" if status == VALID else ""}
        if found["schedulingPolicyArn"] is None:
            del found["schedulingPolicyArn"]
        return found

    return describe


def _make_describe_page(original: Any) -> Any:
    def describe_page(self: Any) -> str:
        request = json.loads(self.body or b"{}")
        found = self.batch_backend.describe_job_queues(request.get("jobQueues"))
        return json.dumps(page_of(found, "jobQueues", request))

    return describe_page


def _require_environments(backend: Any, order: list[dict[str, Any]]) -> None:
    if not 1 <= len(order) <= _MOST_ENVIRONMENTS:
        raise ClientException(f"A job queue has 1 to {_MOST_ENVIRONMENTS} compute environments")
    kinds = set()
    for one in order:
        name = one["computeEnvironment"]
        environment = backend.get_compute_environment(name)
        if environment is None:
            raise ClientException(f"{name} does not exist")
        if status_of(environment) in (CREATING, DELETING):
            raise ClientException(f"computeEnvironment {name} is not valid")
        kinds.add(str(environment.compute_resources["type"]).startswith("FARGATE"))
    if len(kinds) > 1:
        raise ClientException("EC2 and Fargate compute environments cannot be mixed in a job queue")


def _with_arns(backend: Any, order: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [
        {
            "order": int(one["order"]),
            "computeEnvironment": backend.get_compute_environment(one["computeEnvironment"]).arn,
        }
        for one in order
    ]
