"""A compute environment starts its instances when jobs need them, and changes take time.

moto needs a service role, starts instances at once, ignores updates of computeResources, and
deletes an environment that is enabled or that a queue uses. The instances themselves are started
and ended by `embedded_aws.batch_compute`.
"""

import json
from typing import Any

from moto.batch import models
from moto.batch.exceptions import ClientException
from moto.batch.models import BatchBackend
from moto.batch.responses import BatchResponse
from moto.moto_api._internal import mock_random

from embedded_aws.batch_compute.environment_checks import (
    find_environment_violation,
    find_resources_violation,
)
from embedded_aws.batch_compute.fleet import fleet
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
from embedded_aws.context import current
from embedded_aws.patching import wrap


def install() -> None:
    """Patch the operations."""
    wrap(BatchBackend, "create_compute_environment", _make_create)
    wrap(BatchBackend, "update_compute_environment", _make_update)
    wrap(BatchBackend, "delete_compute_environment", _make_delete)
    wrap(BatchBackend, "describe_compute_environments", _make_describe)
    wrap(BatchResponse, "describecomputeenvironments", _make_describe_page)


def _make_create(original: Any) -> Any:
    make_environment: Any = models.ComputeEnvironment

    def create(
        self: Any,
        compute_environment_name: str,
        _type: str,
        state: str | None,
        compute_resources: Any,
        service_role: str | None,
        tags: dict[str, str] | None = None,
    ) -> Any:
        name = compute_environment_name
        if self.get_compute_environment_by_name(name) is not None:
            raise ClientException(f"Object already exists: {name}")
        violation = find_environment_violation(name, _type, compute_resources, service_role)
        if violation is not None:
            raise ClientException(violation)
        linked = (
            f"arn:aws:iam::{self.account_id}:role/aws-service-role/batch.amazonaws.com/"
            "AWSServiceRoleForBatch"
        )
        made = make_environment(
            name,
            _type,
            state or "ENABLED",
            dict(compute_resources),
            service_role or linked,
            account_id=self.account_id,
            region_name=self.region_name,
        )
        cluster_name = f"AWSBatch-{name}-{mock_random.uuid4()}"
        made.set_ecs(self.ecs_backend.create_cluster(cluster_name).arn, cluster_name)
        self._compute_environments[made.arn] = made
        self.tag_resource(made.arn, tags or {})
        valid_at = begin_change(made, CREATING)
        current().clock.call_at(valid_at, lambda: fleet().keep_minimum(made))
        return made

    return create


def _make_update(original: Any) -> Any:
    def update(
        self: Any,
        compute_environment_name: str,
        state: str | None,
        compute_resources: Any,
        service_role: str | None,
    ) -> tuple[str, str]:
        environment = self.get_compute_environment(compute_environment_name)
        if environment is None:
            raise ClientException(f"{compute_environment_name} does not exist")
        require_unchanging(environment, "update")
        changed = {**environment.compute_resources, **(compute_resources or {})}
        violation = find_resources_violation(changed) if compute_resources else None
        if violation is not None:
            raise ClientException(violation)
        environment.compute_resources = changed
        environment.state = state or environment.state
        environment.service_role = service_role or environment.service_role
        valid_at = begin_change(environment, UPDATING)
        current().clock.call_at(valid_at, lambda: fleet().keep_minimum(environment))
        return environment.name, environment.arn

    return update


def _make_delete(original: Any) -> Any:
    def delete(self: Any, compute_environment_name: str) -> None:
        environment = self.get_compute_environment(compute_environment_name)
        if environment is None:
            return
        require_deletable(environment, "compute environment")
        users = [
            queue
            for queue in self._job_queues.values()
            for one in queue.env_order_json
            if self.get_compute_environment(one["computeEnvironment"]) is environment
        ]
        if users:
            raise ClientException("Cannot delete, found existing JobQueue relationship")

        def forget() -> None:
            fleet().end_all(environment)
            self.ecs_backend.clusters.pop(environment.ecs_name, None)
            self._compute_environments.pop(environment.arn, None)

        current().clock.call_at(begin_change(environment, DELETING), forget)

    return delete


def _make_describe(original: Any) -> Any:
    def describe(self: Any, environments: list[str] | None = None) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = original(self, environments)
        for one in found:
            environment = self._compute_environments[one["computeEnvironmentArn"]]
            status = status_of(environment)
            healthy = "ComputeEnvironment Healthy" if status == VALID else ""
            one |= {
                "status": status,
                "statusReason": healthy,
                "containerOrchestrationType": "ECS",
                "uuid": environment.ecs_name[-36:],
            }
        return found

    return describe


def _make_describe_page(original: Any) -> Any:
    def describe_page(self: Any) -> str:
        request = json.loads(self.body or b"{}")
        found = self.batch_backend.describe_compute_environments(request.get("computeEnvironments"))
        return json.dumps(page_of(found, "computeEnvironments", request))

    return describe_page
