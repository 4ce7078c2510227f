"""CloudFormation: the stacks of jobs."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from botocore.exceptions import ClientError

from parris.aws.translate_errors import code_of, message_of, translates_errors
from parris.errors import ResourceExistsError, TemplateInvalidError
from parris.job import LAUNCH_PREFIX
from parris.targets.ec2_stack.stack_status import LIVING_STATUSES

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from mypy_boto3_cloudformation import CloudFormationClient
    from mypy_boto3_cloudformation.literals import CapabilityType, StackStatusType
    from mypy_boto3_cloudformation.type_defs import StackTypeDef

_LONGEST_CREATE_MINUTES = 30
_DOES_NOT_EXIST = re.compile(r"does not exist", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Stack:
    """A stack as CloudFormation describes it."""

    stack_id: str
    status: str
    status_reason: str
    tags: Mapping[str, str]
    outputs: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class TemplateSummary:
    """What a template asks for: each parameter, and whether it has a default; capabilities."""

    parameters: Mapping[str, bool]
    capabilities: tuple[str, ...]


class Stacks:
    """The stacks of this account and Region."""

    def __init__(self, client: CloudFormationClient) -> None:
        self._client = client

    @translates_errors
    def create(
        self,
        name: str,
        template: str,
        parameters: Mapping[str, str],
        tags: Mapping[str, str],
        role_arn: str,
        request: str,
        capabilities: Sequence[CapabilityType] = (),
    ) -> str:
        """Start to create a stack and return its id; asking twice for one request is safe.

        Raises:
            ResourceExistsError: when a stack of this name exists.
        """
        try:
            answer = self._client.create_stack(
                StackName=name,
                TemplateBody=template,
                Parameters=[
                    {"ParameterKey": key, "ParameterValue": value}
                    for key, value in parameters.items()
                ],
                Tags=[{"Key": key, "Value": value} for key, value in tags.items()],
                RoleARN=role_arn,
                Capabilities=capabilities,
                OnFailure="ROLLBACK",
                TimeoutInMinutes=_LONGEST_CREATE_MINUTES,
                ClientRequestToken=_creation_token(request),
            )
        except ClientError as err:
            if code_of(err) in ("AlreadyExistsException", "TokenAlreadyExistsException"):
                raise ResourceExistsError(f"a stack {name} exists already") from err
            raise
        return answer["StackId"]

    @translates_errors
    def summarise(self, template: str) -> TemplateSummary:
        """Return what a template asks for.

        Raises:
            TemplateInvalidError: with CloudFormation's words, when it is no template.
        """
        try:
            answer = self._client.get_template_summary(TemplateBody=template)
        except ClientError as err:
            if code_of(err) == "ValidationError":
                raise TemplateInvalidError(message_of(err)) from err
            raise
        return TemplateSummary(
            parameters={
                one["ParameterKey"]: one.get("DefaultValue") is not None
                for one in answer.get("Parameters", [])
            },
            capabilities=tuple(answer.get("Capabilities", [])),
        )

    @translates_errors
    def find(self, name_or_id: str) -> Stack | None:
        """Return the stack, None where there is none. A deleted one is found by its id only."""
        try:
            found = self._client.describe_stacks(StackName=name_or_id)["Stacks"][0]
        except ClientError as err:
            # ValidationError has many causes; only this one means that there is no such stack.
            if code_of(err) == "ValidationError" and _DOES_NOT_EXIST.search(message_of(err)):
                return None
            raise
        return _stack_from(found)

    @translates_errors
    def of_deployment(self, deployment: str) -> tuple[Stack, ...]:
        """Return every stack of a job that carries the deployment's tag and is not gone."""
        pages = self._client.get_paginator("list_stacks").paginate(
            StackStatusFilter=cast("list[StackStatusType]", list(LIVING_STATUSES))
        )
        ids = [
            summary["StackId"]
            for page in pages
            for summary in page["StackSummaries"]
            if summary["StackName"].startswith(LAUNCH_PREFIX)
        ]
        found = [self.find(stack_id) for stack_id in ids]
        return tuple(
            one for one in found if one and one.tags.get("parris:deployment") == deployment
        )

    @translates_errors
    def all_of(self, execution_arn: str) -> tuple[Stack, ...]:
        """Return every stack that carries the execution's tag, for who may describe all stacks."""
        pages = self._client.get_paginator("describe_stacks").paginate()
        found = (_stack_from(one) for page in pages for one in page["Stacks"])
        return tuple(one for one in found if one.tags.get("parris:execution") == execution_arn)

    @translates_errors
    def instance_ids_of(self, stack_id: str) -> tuple[str, ...]:
        """Return the ids of the instances that the stack has made so far."""
        answer = self._client.describe_stack_resources(StackName=stack_id)
        return tuple(
            resource["PhysicalResourceId"]
            for resource in answer["StackResources"]
            if resource["ResourceType"] == "AWS::EC2::Instance"
            and resource.get("PhysicalResourceId", "").startswith("i-")
        )

    @translates_errors
    def failures_of(self, stack_id: str) -> tuple[str, ...]:
        """Return AWS's reasons for what failed, the first one first."""
        pages = self._client.get_paginator("describe_stack_events").paginate(StackName=stack_id)
        reasons = [
            f"{event.get('LogicalResourceId', '')}: {event['ResourceStatusReason']}"
            for page in pages
            for event in page["StackEvents"]
            if event.get("ResourceStatus", "").endswith("_FAILED")
            and event.get("ResourceStatusReason")
        ]
        return tuple(reversed(reasons))

    @translates_errors
    def delete(self, stack_id: str, role_arn: str) -> None:
        """Start to delete a stack, by its id; one that is gone already is fine.

        Asked for again without a token: one that failed is another request.
        """
        self._client.delete_stack(StackName=stack_id, RoleARN=role_arn)

    @translates_errors
    def force_delete(self, stack_id: str, role_arn: str) -> None:
        """Delete a stack whose deletion failed, whatever becomes of its resources.

        CloudFormation tries each of them once more and lets go of those that will not go: they are
        still there, and still billed, when the stack is gone.
        """
        self._client.delete_stack(
            StackName=stack_id, RoleARN=role_arn, DeletionMode="FORCE_DELETE_STACK"
        )


def _stack_from(found: StackTypeDef) -> Stack:
    return Stack(
        stack_id=found["StackId"],
        status=found["StackStatus"],
        status_reason=found.get("StackStatusReason", ""),
        tags={tag["Key"]: tag["Value"] for tag in found.get("Tags", [])},
        outputs={output["OutputKey"]: output["OutputValue"] for output in found.get("Outputs", [])},
    )


def _creation_token(request: str) -> str:
    digest = hashlib.sha256(f"create {request}".encode()).hexdigest()
    return f"parris-create-{digest[:40]}"
