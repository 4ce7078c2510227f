"""A job definition is checked, and each revision has its own properties.

moto takes what a new revision lacks from the one before, keeps the platforms of the first, finds no
revision by its name, and checks little.
"""

import json
from typing import Any

from moto.batch import models
from moto.batch.exceptions import ClientException
from moto.batch.models import BatchBackend, JobDefinition
from moto.batch.responses import BatchResponse

from embedded_aws.batch_compute.definition_checks import find_definition_violation
from embedded_aws.batch_compute.pages import page_of
from embedded_aws.patching import wrap


def install() -> None:
    """Patch the operations."""
    wrap(BatchBackend, "register_job_definition", _make_register)
    wrap(BatchBackend, "deregister_job_definition", _make_deregister)
    wrap(JobDefinition, "describe", _make_describe)
    wrap(BatchResponse, "describejobdefinitions", _make_describe_all)


def _make_register(original: Any) -> Any:
    make_definition: Any = models.JobDefinition

    def register(
        self: Any,
        def_name: str,
        parameters: Any,
        _type: str,
        tags: Any,
        retry_strategy: Any,
        container_properties: Any,
        node_properties: Any,
        eks_properties: Any,
        timeout: Any,
        platform_capabilities: Any,
        propagate_tags: Any,
    ) -> Any:
        request = {
            "jobDefinitionName": def_name,
            "type": _type,
            "parameters": parameters,
            "tags": tags,
            "retryStrategy": retry_strategy,
            "containerProperties": container_properties,
            "nodeProperties": node_properties,
            "eksProperties": eks_properties,
            "timeout": timeout,
            "platformCapabilities": platform_capabilities,
        }
        violation = find_definition_violation({k: v for k, v in request.items() if v})
        if violation is not None:
            raise ClientException(violation)
        latest = self.get_job_definition_by_name(def_name)
        made = make_definition(
            def_name,
            parameters,
            _type,
            dict(container_properties),
            node_properties=None,
            eks_properties=None,
            tags=tags or {},
            retry_strategy=retry_strategy or {},
            timeout=timeout or {},
            backend=self,
            platform_capabilities=platform_capabilities or ["EC2"],
            propagate_tags=bool(propagate_tags),
            revision=0 if latest is None else latest.revision,
        )
        self._job_definitions[made.arn] = made
        return made

    return register


def _make_deregister(original: Any) -> Any:
    def deregister(self: Any, def_name: str) -> None:
        found = self.get_job_definition(def_name) if ":" in def_name else None
        if found is not None:
            found.deregister()

    return deregister


def _make_describe(original: Any) -> Any:
    def describe(self: Any) -> dict[str, Any]:
        found: dict[str, Any] = {
            **original(self),
            "retryStrategy": {"evaluateOnExit": [], "attempts": 1, **(self.retry_strategy or {})},
            "containerOrchestrationType": "ECS",
        }
        if not self.retry_strategy:
            del found["retryStrategy"]
        return found

    return describe


def _make_describe_all(original: Any) -> Any:
    def describe_all(self: Any) -> str:
        request = json.loads(self.body or b"{}")
        known = list(self.batch_backend._job_definitions.values())
        listed, name = request.get("jobDefinitions"), request.get("jobDefinitionName")
        if listed:
            known = [one for one in known if set(_names_of(one)) & set(listed)]
        if name:
            known = [one for one in known if name in _names_of(one)]
        status = request.get("status")
        known = [one for one in known if status in (None, one.status)]
        return json.dumps(page_of([one.describe() for one in known], "jobDefinitions", request))

    return describe_all


def _names_of(definition: Any) -> tuple[str, ...]:
    return definition.arn, definition.name, f"{definition.name}:{definition.revision}"
