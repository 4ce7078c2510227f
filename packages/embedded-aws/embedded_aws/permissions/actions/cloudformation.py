"""CloudFormation: stacks, change sets and templates."""

from moto.cloudformation.models import cloudformation_backends
from moto.s3.models import s3_backends

from embedded_aws.context import current
from embedded_aws.permissions.actions.shapes import (
    on_everything,
    on_resource,
    pass_role,
    tag_context,
    tags_from,
)
from embedded_aws.permissions.call import Call
from embedded_aws.permissions.documents import Demand

_SERVICE = "cloudformation.amazonaws.com"
_SAM = "AWS::Serverless-2016-10-31"


def stack_arn(call: Call) -> str:
    """Return the ARN of the stack in a request, or a pattern if it does not exist."""
    named = call.text("StackName")
    change_set = call.text("ChangeSetName")
    if not named and change_set.startswith("arn:"):
        named = change_set.split("changeSet/")[-1].split("/")[0]
    if named.startswith("arn:"):
        return named
    backend = cloudformation_backends[current().settings.account_id][call.region]
    living = [s.stack_id for s in list(backend.stacks.values()) if s.name == named]
    return str(living[0]) if living else call.arn(f"stack/{named}/*")


def _stack_or_everything(call: Call) -> str:
    return stack_arn(call) if call.text("StackName") else "*"


def _change(call: Call) -> list[Demand]:
    """Return what a request needs that creates, changes or deletes a stack."""
    role_arn = call.text("RoleARN")
    tags = tags_from(call.params.get("Tags"))
    about_tags = tag_context("aws:RequestTag", tags)
    context = (*((("cloudformation:rolearn", role_arn),) if role_arn else ()), *about_tags)
    arn = stack_arn(call)
    demands = [Demand(f"cloudformation:{call.operation}", arn, context)]
    if tags:
        demands.append(Demand("cloudformation:TagResource", arn, about_tags))
    return [*demands, *pass_role(role_arn, _SERVICE), *_template_demands(call)]


def _template_demands(call: Call) -> list[Demand]:
    url, text = call.text("TemplateURL"), call.text("TemplateBody")
    demands = []
    if url:
        bucket, key = _place_of(url)
        demands.append(Demand("s3:GetObject", f"arn:aws:s3:::{bucket}/{key}"))
        text = _read_object(bucket, key)
    if _SAM in text:
        name = _SAM.removeprefix("AWS::")
        transform = f"arn:aws:cloudformation:{call.region}:aws:transform/{name}"
        demands.append(Demand("cloudformation:CreateChangeSet", transform))
    return demands


def _place_of(url: str) -> tuple[str, str]:
    host, _, path = url.partition("://")[2].partition("?")[0].partition("/")
    if ".s3." in host and host.endswith(".amazonaws.com"):
        return host.split(".s3.")[0], path
    bucket, _, key = path.partition("/")
    return bucket, key


def _read_object(bucket: str, key: str) -> str:
    buckets = s3_backends[current().settings.account_id]["aws"].buckets
    found = buckets[bucket].keys.get(key) if bucket in buckets else None
    return found.value.decode("utf-8", "replace") if found is not None else ""


DEMANDS = {
    **on_everything("ListStacks", "ValidateTemplate", "ListExports"),
    **on_resource(
        _stack_or_everything, "DescribeStacks", "GetTemplateSummary", "DescribeStackEvents"
    ),
    **on_resource(
        stack_arn,
        "CancelUpdateStack",
        "DeleteChangeSet",
        "DescribeChangeSet",
        "DescribeStackResource",
        "DescribeStackResources",
        "ExecuteChangeSet",
        "GetTemplate",
        "ListChangeSets",
        "ListStackResources",
        "UpdateTerminationProtection",
    ),
    "CreateStack": _change,
    "UpdateStack": _change,
    "DeleteStack": _change,
    "CreateChangeSet": _change,
}
