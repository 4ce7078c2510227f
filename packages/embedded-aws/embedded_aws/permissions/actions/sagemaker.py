"""SageMaker: training jobs.

Source: https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonsagemaker.html
"""

from typing import Any

from embedded_aws.permissions.actions.shapes import (
    on_everything,
    pass_role,
    tag_context,
    tags_from,
)
from embedded_aws.permissions.call import Call
from embedded_aws.permissions.documents import Demand

_SERVICE = "sagemaker.amazonaws.com"


def _arn(call: Call) -> str:
    """Return the ARN of the job in a request: the name in it is in lower case."""
    return call.text("ResourceArn") or call.arn(
        f"training-job/{call.text('TrainingJobName').lower()}"
    )


def _tags_of(call: Call) -> dict[str, str]:
    # Imported when SageMaker is used: it takes long.
    from moto.sagemaker.models import sagemaker_backends

    backend: Any = sagemaker_backends[call.arn("").split(":")[4]][call.region]
    arn = _arn(call)
    found = [job for job in list(backend.training_jobs.values()) if job.arn == arn]
    return tags_from(found[0].tags) if found else {}


def _create(call: Call) -> list[Demand]:
    arn, tags = _arn(call), tags_from(call.params.get("Tags"))
    about_tags = _requested(tags)
    resources = call.params.get("ResourceConfig") or {}
    groups = resources.get("InstanceGroups") or [resources]
    types = tuple(str(one["InstanceType"]) for one in groups if "InstanceType" in one)
    network = call.params.get("VpcConfig") or {}
    context: tuple[tuple[str, str | tuple[str, ...]], ...] = (
        *about_tags,
        ("sagemaker:instancetypes", types),
        (
            "sagemaker:networkisolation",
            str(bool(call.params.get("EnableNetworkIsolation"))).lower(),
        ),
        *(
            (name, tuple(network[key]))
            for name, key in (
                ("sagemaker:vpcsubnets", "Subnets"),
                ("sagemaker:vpcsecuritygroupids", "SecurityGroupIds"),
            )
            if network
        ),
    )
    tagging = [Demand("sagemaker:AddTags", arn, about_tags)] if tags else []
    role = pass_role(call.text("RoleArn"), _SERVICE)
    return [Demand("sagemaker:CreateTrainingJob", arn, context), *tagging, *role]


def _on_job(call: Call) -> list[Demand]:
    context = tag_context("aws:ResourceTag", _tags_of(call))
    return [Demand(f"sagemaker:{call.operation}", _arn(call), context)]


def _change_tags(call: Call) -> list[Demand]:
    given = tags_from(call.params.get("Tags"))
    keys = tuple(given) or tuple(call.params.get("TagKeys") or ())
    context: tuple[tuple[str, str | tuple[str, ...]], ...] = (
        ("aws:tagkeys", keys),
        *tag_context("aws:RequestTag", given),
        *tag_context("aws:ResourceTag", _tags_of(call)),
    )
    return [Demand(f"sagemaker:{call.operation}", _arn(call), context)]


def _requested(tags: dict[str, str]) -> tuple[tuple[str, str | tuple[str, ...]], ...]:
    if not tags:
        return ()
    return (("aws:tagkeys", tuple(tags)), *tag_context("aws:RequestTag", tags))


DEMANDS = {
    **on_everything("ListTrainingJobs"),
    "CreateTrainingJob": _create,
    "AddTags": _change_tags,
    "DeleteTags": _change_tags,
    **dict.fromkeys(
        ("DescribeTrainingJob", "ListTags", "StopTrainingJob", "UpdateTrainingJob"), _on_job
    ),
}
