"""AWS Batch: jobs, job definitions, queues and compute environments.

Source: https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsbatch.html
"""

from typing import Any

from moto.batch.models import batch_backends

from embedded_aws.batch_container import TASKS_SERVICE
from embedded_aws.context import current
from embedded_aws.permissions.actions.shapes import on_everything, pass_role, tag_context
from embedded_aws.permissions.call import Call
from embedded_aws.permissions.documents import Demand

_SERVICE, _EC2 = "batch.amazonaws.com", "ec2.amazonaws.com"
Context = tuple[tuple[str, str | tuple[str, ...]], ...]


def _named(call: Call, parameter: str, kind: str) -> str:
    """Return the ARN of a resource that a request names or gives the ARN of."""
    given = call.text(parameter)
    return given if given.startswith("arn:") else call.arn(f"{kind}/{given}")


def demand_on_job(operation: str, job: str, region: str) -> Demand:
    """Return what ending a job needs, by its id or ARN."""
    prefix = f"arn:aws:batch:{region}:{current().settings.account_id}"
    arn = job if job.startswith("arn:") else f"{prefix}:job/{job}"
    return Demand(f"batch:{operation}", arn, _own_tags(region, arn))


def _own_tags(region: str, arn: str) -> Context:
    backend = batch_backends[current().settings.account_id][region]
    return tag_context("aws:ResourceTag", backend.list_tags_for_resource(arn))


def _requested(call: Call) -> Context:
    tags = {str(key): str(value) for key, value in (call.params.get("tags") or {}).items()}
    if not tags:
        return ()
    return (("aws:tagkeys", tuple(tags)), *tag_context("aws:RequestTag", tags))


def _tagging(call: Call, arn: str) -> list[Demand]:
    asked = _requested(call)
    return [Demand("batch:TagResource", arn, asked)] if asked else []


def _submit(call: Call) -> list[Demand]:
    queue = _named(call, "jobQueue", "job-queue")
    definition = _named(call, "jobDefinition", "job-definition")
    return [
        *(
            Demand("batch:SubmitJob", arn, (*_requested(call), *_own_tags(call.region, arn)))
            for arn in (definition, queue)
        ),
        *_tagging(call, call.arn("job/*")),
    ]


def _register(call: Call) -> list[Demand]:
    arn = call.arn(f"job-definition/{call.text('jobDefinitionName')}")
    properties = call.params.get("containerProperties") or {}
    context: Context = (*_requested(call), ("batch:image", str(properties.get("image", ""))))
    roles = (properties.get("jobRoleArn"), properties.get("executionRoleArn"))
    passed = [one for role in roles for one in pass_role(str(role or ""), TASKS_SERVICE)]
    return [Demand("batch:RegisterJobDefinition", arn, context), *_tagging(call, arn), *passed]


def _on_job(call: Call) -> list[Demand]:
    return [demand_on_job(call.operation, call.text("jobId"), call.region)]


def _on_jobs(call: Call) -> list[Demand]:
    """Return nothing: each job of the request is checked alone, and reported if it is denied."""
    return []


def _deregister(call: Call) -> list[Demand]:
    arn = _named(call, "jobDefinition", "job-definition")
    return [Demand("batch:DeregisterJobDefinition", arn, _own_tags(call.region, arn))]


def _change_tags(call: Call) -> list[Demand]:
    arn = call.text("resourceArn")
    keys = tuple(call.params.get("tagKeys") or ())
    context: Context = (
        *(_requested(call) or ((("aws:tagkeys", keys),) if keys else ())),
        *_own_tags(call.region, arn),
    )
    return [Demand(f"batch:{call.operation}", arn, context)]


def _create_environment(call: Call) -> list[Demand]:
    arn = call.arn(f"compute-environment/{call.text('computeEnvironmentName')}")
    resources = call.params.get("computeResources") or {}
    instance_role = str(resources.get("instanceRole") or "")
    # An instance profile is passed by the role in it; its name is that of the profile here.
    passed = [
        *pass_role(call.text("serviceRole"), _SERVICE),
        *(pass_role(instance_role, _EC2) if instance_role.startswith("arn:") else []),
    ]
    made = Demand("batch:CreateComputeEnvironment", arn, _requested(call))
    return [made, *_tagging(call, arn), *passed]


def _create_queue(call: Call) -> list[Demand]:
    arn = call.arn(f"job-queue/{call.text('jobQueueName')}")
    listed = call.params.get("computeEnvironmentOrder") or []
    names = [str(one["computeEnvironment"]) for one in listed]
    environments = [
        one if one.startswith("arn:") else call.arn(f"compute-environment/{one}") for one in names
    ]
    return [
        *(Demand("batch:CreateJobQueue", one, _requested(call)) for one in (arn, *environments)),
        *_tagging(call, arn),
    ]


def _on(parameter: str, kind: str) -> Any:
    def demands(call: Call) -> list[Demand]:
        arn = _named(call, parameter, kind)
        return [Demand(f"batch:{call.operation}", arn, _own_tags(call.region, arn))]

    return demands


DEMANDS = {
    **on_everything(
        "DescribeComputeEnvironments",
        "DescribeJobDefinitions",
        "DescribeJobQueues",
        "DescribeJobs",
        "ListJobs",
    ),
    "SubmitJob": _submit,
    "RegisterJobDefinition": _register,
    "DeregisterJobDefinition": _deregister,
    **dict.fromkeys(("CancelJob", "TerminateJob"), _on_job),
    **dict.fromkeys(("CancelJobs", "TerminateJobs"), _on_jobs),
    **dict.fromkeys(("ListTagsForResource", "TagResource", "UntagResource"), _change_tags),
    "CreateComputeEnvironment": _create_environment,
    "CreateJobQueue": _create_queue,
    **dict.fromkeys(
        ("DeleteComputeEnvironment", "UpdateComputeEnvironment"),
        _on("computeEnvironment", "compute-environment"),
    ),
    **dict.fromkeys(("DeleteJobQueue", "UpdateJobQueue"), _on("jobQueue", "job-queue")),
}
