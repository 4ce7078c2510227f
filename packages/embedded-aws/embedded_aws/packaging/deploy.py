"""Build, package and deploy a SAM template into an AWS, without the sam command."""

import hashlib
import json
import uuid
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from botocore.exceptions import ClientError

from embedded_aws.packaging.package import Packager
from embedded_aws.packaging.read_template import read_template

BUCKET_PREFIX = "embedded-aws-deployments"
_CAPABILITIES = ["CAPABILITY_IAM", "CAPABILITY_NAMED_IAM", "CAPABILITY_AUTO_EXPAND"]
_NO_CHANGE = ("didn't contain changes", "No updates are to be performed")


class DeployError(Exception):
    """The stack was not created; the message says which resource failed, and why."""


def deploy_template(
    make_client: Callable[[str], Any],
    template: Path,
    stack_name: str,
    parameters: Mapping[str, str],
    run_while: Callable[[Callable[[], bool]], None],
) -> dict[str, str]:
    """Create or update a stack from a SAM template on this disk, and return its outputs.

    Args:
        make_client: returns a boto3 client of the AWS that is deployed into.
        template: the template's file; local paths in it are relative to its folder.
        stack_name: the stack's name.
        parameters: values for the template's parameters.
        run_while: lets that AWS's time pass while a condition holds.

    Raises:
        DeployError: with the failed resources and their reasons.
    """
    storage, formation = make_client("s3"), make_client("cloudformation")
    bucket = f"{BUCKET_PREFIX}-{stack_name.lower()}"
    if bucket not in [found["Name"] for found in storage.list_buckets()["Buckets"]]:
        storage.create_bucket(Bucket=bucket, **_bucket_place(storage.meta.region_name))

    def upload(key: str, content: bytes) -> None:
        storage.put_object(Bucket=bucket, Key=key, Body=content)

    packaged = Packager(template.resolve().parent, bucket, upload).package(read_template(template))
    body = json.dumps(packaged)
    key = f"{hashlib.sha256(body.encode()).hexdigest()[:32]}.template"
    upload(key, body.encode())
    url = f"{storage.meta.endpoint_url}/{bucket}/{key}"
    if _apply(formation, stack_name, url, parameters):
        run_while(lambda: _is_in_progress(formation, stack_name))
        _require_complete(formation, stack_name)
    return _outputs(_describe(formation, stack_name))


def _bucket_place(region: str) -> dict[str, Any]:
    if region == "us-east-1":  # the one region that must not be named
        return {}
    return {"CreateBucketConfiguration": {"LocationConstraint": region}}


def _apply(formation: Any, stack_name: str, url: str, parameters: Mapping[str, str]) -> bool:
    change_set_name = f"deploy-{uuid.uuid4().hex}"
    exists = _exists(formation, stack_name)
    formation.create_change_set(
        StackName=stack_name,
        ChangeSetName=change_set_name,
        ChangeSetType="UPDATE" if exists else "CREATE",
        TemplateURL=url,
        Parameters=[{"ParameterKey": k, "ParameterValue": v} for k, v in parameters.items()],
        Capabilities=_CAPABILITIES,
    )
    change_set = formation.describe_change_set(ChangeSetName=change_set_name, StackName=stack_name)
    if change_set["Status"] == "FAILED":
        reason = change_set.get("StatusReason", "")
        if exists and any(words in reason for words in _NO_CHANGE):
            return False
        raise DeployError(reason)
    formation.execute_change_set(ChangeSetName=change_set_name, StackName=stack_name)
    return True


def _exists(formation: Any, stack_name: str) -> bool:
    try:
        return bool(_describe(formation, stack_name)["StackStatus"] != "REVIEW_IN_PROGRESS")
    except ClientError as error:
        if "does not exist" in str(error):
            return False
        raise


def _is_in_progress(formation: Any, stack_name: str) -> bool:
    return str(_describe(formation, stack_name)["StackStatus"]).endswith("_IN_PROGRESS")


def _require_complete(formation: Any, stack_name: str) -> None:
    stack = _describe(formation, stack_name)
    if stack["StackStatus"] not in ("CREATE_COMPLETE", "UPDATE_COMPLETE"):
        raise DeployError(_why(formation, stack))


def _why(formation: Any, stack: dict[str, Any]) -> str:
    events = formation.describe_stack_events(StackName=stack["StackId"])["StackEvents"]
    failed = [
        f"{event['LogicalResourceId']}: {event.get('ResourceStatusReason', '')}"
        for event in reversed(events)
        if event["ResourceStatus"] in ("CREATE_FAILED", "UPDATE_FAILED", "UPDATE_ROLLBACK_FAILED")
    ]
    return f"{stack['StackName']} is {stack['StackStatus']}: {'; '.join(failed)}"


def _describe(formation: Any, stack_name: str) -> dict[str, Any]:
    found: dict[str, Any] = formation.describe_stacks(StackName=stack_name)["Stacks"][0]
    return found


def _outputs(stack: dict[str, Any]) -> dict[str, str]:
    return {output["OutputKey"]: output["OutputValue"] for output in stack.get("Outputs", [])}
