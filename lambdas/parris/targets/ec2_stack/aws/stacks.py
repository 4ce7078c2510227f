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
from parris.tags import DEPLOYMENT_TAG, EXECUTION_TAG
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
    """A template's parameters, each with whether it has a default, and required capabilities."""

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
        """Start to create a stack and return its id. Safe to repeat for the same request.

        Raises:
            ResourceExistsError: if a stack of this name exists.
        """
        try:
            response = self._client.create_stack(
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
        return response["StackId"]

    @translates_errors
    def summarise(self, template: str) -> TemplateSummary:
        """Return the summary of a template.

        Raises:
            TemplateInvalidError: with CloudFormation's message, if it rejects the template.
        """
        try:
            response = self._client.get_template_summary(TemplateBody=template)
        except ClientError as err:
            if code_of(err) == "ValidationError":
                raise TemplateInvalidError(message_of(err)) from err
            raise
        return TemplateSummary(
            parameters={
                one["ParameterKey"]: one.get("DefaultValue") is not None
                for one in response.get("Parameters", [])
            },
            capabilities=tuple(response.get("Capabilities", [])),
        )

    @translates_errors
    def find(self, name_or_id: str) -> Stack | None:
        """Return the stack, or None if there is none. Deleted stacks are found only by id."""
        try:
            found = self._client.describe_stacks(StackName=name_or_id)["Stacks"][0]
        except ClientError as err:
            # ValidationError has many causes; only this message means that the stack is missing.
            if code_of(err) == "ValidationError" and _DOES_NOT_EXIST.search(message_of(err)):
                return None
            raise
        return _stack_from(found)

    @translates_errors
    def of_deployment(self, deployment: str) -> tuple[Stack, ...]:
        """Return all existing job stacks with the deployment's tag."""
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
        return tuple(one for one in found if one and one.tags.get(DEPLOYMENT_TAG) == deployment)

    @translates_errors
    def all_of(self, execution_arn: str) -> tuple[Stack, ...]:
        """Return all stacks with the execution's tag. Needs permission to describe all stacks."""
        pages = self._client.get_paginator("describe_stacks").paginate()
        found = (_stack_from(one) for page in pages for one in page["Stacks"])
        return tuple(one for one in found if one.tags.get(EXECUTION_TAG) == execution_arn)

    @translates_errors
    def instance_ids_of(self, stack_id: str) -> tuple[str, ...]:
        """Return the ids of the instances that the stack has created so far."""
        response = self._client.describe_stack_resources(StackName=stack_id)
        return tuple(
            resource["PhysicalResourceId"]
            for resource in response["StackResources"]
            if resource["ResourceType"] == "AWS::EC2::Instance"
            and resource.get("PhysicalResourceId", "").startswith("i-")
        )

    @translates_errors
    def failures_of(self, stack_id: str) -> tuple[str, ...]:
        """Return AWS's failure reasons, in the order of the failures."""
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
        """Start to delete a stack by its id, if it still exists.

        There is no client token, so that a failed deletion can be requested again.
        """
        self._client.delete_stack(StackName=stack_id, RoleARN=role_arn)

    @translates_errors
    def force_delete(self, stack_id: str, role_arn: str) -> None:
        """Delete a stack whose deletion failed, even if some of its resources remain.

        CloudFormation tries to delete each resource once more and skips those that fail. They
        still exist, and are still billed, after the stack is deleted.
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
