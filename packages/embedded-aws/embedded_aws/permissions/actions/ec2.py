"""EC2: instances and their parts."""

from collections.abc import Mapping
from typing import Any

from moto.core.utils import get_service_model
from moto.ec2.models import ec2_backends

from embedded_aws.context import current
from embedded_aws.permissions.actions.iam import role_arn
from embedded_aws.permissions.actions.shapes import (
    Table,
    on_everything,
    pass_role,
    tag_context,
    tags_from,
)
from embedded_aws.permissions.call import Call
from embedded_aws.permissions.documents import Demand
from embedded_aws.permissions.principals import iam_backend
from embedded_aws.permissions.service_linked_roles import spot_role_demands

_SERVICE = "ec2.amazonaws.com"
_KINDS = {
    "ami": "image",
    "eni": "network-interface",
    "i": "instance",
    "lt": "launch-template",
    "sg": "security-group",
    "subnet": "subnet",
    "vol": "volume",
    "vpc": "vpc",
}


def resource_arn(region: str, kind: str, name: str) -> str:
    """Return the ARN of an EC2 resource; an image belongs to no account."""
    owner = "" if kind == "image" else current().settings.account_id
    return f"arn:aws:ec2:{region}:{owner}:{kind}/{name}"


def launch_demands(request: Mapping[str, Any], region: str) -> list[Demand]:
    """Return what RunInstances needs: each resource created or used, the tags, the role.

    Args:
        request: its parameters.
        region: where it launches.
    """
    of_template = launch_template_tags(request, region)
    tags = {**of_template, **_specified_tags(request)}
    are_seen = current().settings.instance_launch.are_template_tags_seen
    seen = tags if are_seen else _specified_tags(request)
    about_type = (
        ("ec2:instancetype", str(request.get("InstanceType", "m1.small"))),
        *_template_context(request, region),
    )
    made = [
        Demand(
            "ec2:RunInstances",
            resource_arn(region, kind, "*"),
            (*about_type, *tag_context("aws:RequestTag", seen.get(kind, {}))),
        )
        for kind in ("instance", "volume", "network-interface")
    ]
    used = [
        Demand("ec2:RunInstances", resource_arn(region, kind, name), about_type)
        for kind, name in _used(request)
    ]
    tagged = [
        Demand(
            "ec2:CreateTags",
            resource_arn(region, kind, "*"),
            (
                ("ec2:createaction", "RunInstances"),
                *tag_context("aws:RequestTag", seen.get(kind, {})),
            ),
        )
        for kind, given in tags.items()
        if given
    ]
    market = _market_demands(request, region)
    return [*made, *used, *tagged, *market, *pass_role(_profile_role(request), _SERVICE)]


def launch_template_tags(request: Mapping[str, Any], region: str) -> dict[str, dict[str, str]]:
    """Return the tags that a launch template sets, by the kind of resource."""
    version = _template_version(request, region)
    return {} if version is None else _specified_tags(version.data)


def create_launch_template_demands(request: Mapping[str, Any], region: str) -> list[Demand]:
    """Return what CreateLaunchTemplate needs: the new template, and its tags.

    Args:
        request: its parameters.
        region: where it is made.
    """
    specs = request.get("TagSpecifications") or []
    tags = tags_from([tag for spec in specs for tag in spec.get("Tags") or []])
    context = tag_context("aws:RequestTag", tags)
    arn = resource_arn(region, "launch-template", "*")
    made = Demand("ec2:CreateLaunchTemplate", arn, context)
    if not tags:
        return [made]
    cause = ("ec2:createaction", "CreateLaunchTemplate")
    return [made, Demand("ec2:CreateTags", arn, (cause, *context))]


def launch_template_demand(action: str, template_id: str, region: str) -> Demand:
    """Return a demand on a launch template, with the template's tags."""
    context = tag_context("aws:ResourceTag", _tags_of(template_id, region))
    return Demand(f"ec2:{action}", resource_arn(region, "launch-template", template_id), context)


def instance_demand(action: str, instance_id: str, region: str) -> Demand:
    """Return a demand on an instance, with the instance's tags."""
    tags = _tags_of(instance_id, region)
    context = (*tag_context("aws:ResourceTag", tags), *tag_context("ec2:ResourceTag", tags))
    return Demand(f"ec2:{action}", resource_arn(region, "instance", instance_id), context)


def _market_demands(request: Mapping[str, Any], region: str) -> list[Demand]:
    """Return what the launch template, and the spot market that it may use, need."""
    market, demands = request.get("InstanceMarketOptions") or {}, []
    version = _template_version(request, region)
    if version is not None:
        demands.append(launch_template_demand("RunInstances", version.template.id, region))
        market = market or version.data.get("InstanceMarketOptions") or {}
    if market.get("MarketType") != "spot":
        return demands
    arn = resource_arn(region, "spot-instances-request", "*")
    return [*demands, Demand("ec2:RunInstances", arn), *spot_role_demands()]


def _template_version(request: Mapping[str, Any], region: str) -> Any:
    """Return the version of the launch template in a request, None if it names none."""
    wanted = request.get("LaunchTemplate")
    if not wanted:
        return None
    return ec2_backends[current().settings.account_id][region]._get_template_from_args(wanted)


def _template_context(request: Mapping[str, Any], region: str) -> tuple[tuple[str, str], ...]:
    """Return the condition keys of the launch template."""
    version = _template_version(request, region)
    if version is None:
        return ()
    return (("ec2:launchtemplate", resource_arn(region, "launch-template", version.template.id)),)


def _specified_tags(request: Mapping[str, Any]) -> dict[str, dict[str, str]]:
    return {
        str(spec["ResourceType"]): tags_from(spec.get("Tags"))
        for spec in request.get("TagSpecifications") or []
    }


def _used(request: Mapping[str, Any]) -> list[tuple[str, str]]:
    groups = request.get("SecurityGroupIds") or ["*"]
    found = [
        ("image", str(request.get("ImageId", "*"))),
        ("subnet", str(request.get("SubnetId") or "*")),
        *(("security-group", str(group)) for group in groups),
    ]
    if request.get("KeyName"):
        found.append(("key-pair", str(request["KeyName"])))
    return found


def _profile_role(request: Mapping[str, Any]) -> str:
    wanted = request.get("IamInstanceProfile") or {}
    name = wanted.get("Name") or str(wanted.get("Arn", "")).rsplit("/", 1)[-1]
    profiles = list(iam_backend().instance_profiles.values())
    roles = [role for one in profiles if one.name == name for role in one.roles]
    return role_arn(roles[0].name) if roles else ""


def _tags_of(resource_id: str, region: str) -> dict[str, str]:
    backend = ec2_backends[current().settings.account_id][region]
    return {str(key): str(value) for key, value in backend.tags.get(resource_id, {}).items()}


def _launch(call: Call) -> list[Demand]:
    return launch_demands(call.params, call.region)


def _on_instances(call: Call) -> list[Demand]:
    ids = call.params.get("InstanceIds") or [call.text("InstanceId")]
    return [instance_demand(call.operation, str(one), call.region) for one in ids]


def _change_tags(call: Call) -> list[Demand]:
    tags = tags_from(call.params.get("Tags"))
    keys: tuple[str, str | tuple[str, ...]] = ("aws:tagkeys", tuple(tags))
    context = (keys, *tag_context("aws:RequestTag", tags))
    ids = [str(one) for one in call.params["Resources"]]
    return [
        Demand(
            f"ec2:{call.operation}",
            resource_arn(call.region, _KINDS.get(one.split("-")[0], "*"), one),
            (*context, *tag_context("aws:ResourceTag", _tags_of(one, call.region))),
        )
        for one in ids
    ]


def _create_launch_template(call: Call) -> list[Demand]:
    return create_launch_template_demands(call.params, call.region)


def _on_volume(call: Call) -> list[Demand]:
    volume_id = call.text("VolumeId")
    context = tag_context("aws:ResourceTag", _tags_of(volume_id, call.region))
    resource = resource_arn(call.region, "volume", volume_id)
    return [Demand(f"ec2:{call.operation}", resource, context)]


def _looks() -> Table:
    # Describe operations of EC2 have no resource.
    names = get_service_model("ec2").operation_names
    return on_everything(*(name for name in names if name.startswith("Describe")))


DEMANDS = {
    **_looks(),
    "RunInstances": _launch,
    "StartInstances": _on_instances,
    "StopInstances": _on_instances,
    "RebootInstances": _on_instances,
    "TerminateInstances": _on_instances,
    "GetConsoleOutput": _on_instances,
    "ModifyInstanceAttribute": _on_instances,
    "CreateLaunchTemplate": _create_launch_template,
    "CreateTags": _change_tags,
    "DeleteTags": _change_tags,
    "DeleteVolume": _on_volume,
}
