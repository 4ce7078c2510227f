"""What CloudFormation needs to launch and to terminate the instance of a stack.

`Settings.instance_launch` selects the calls. The calls after RunInstances are checked before it: if
one is refused, no instance is launched, while AWS would launch one and terminate it.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from embedded_aws.context import current
from embedded_aws.instance_launch import TagsBy
from embedded_aws.permissions.actions.ec2 import (
    instance_demand,
    launch_demands,
    launch_template_tags,
    resource_arn,
)
from embedded_aws.permissions.actions.shapes import tag_context, tags_from
from embedded_aws.permissions.documents import Demand

_NEW = {"instance": "i-new", "volume": "vol-new"}
# A property, and the call besides RunInstances that the handler's schema lists for it.
# Source: the handlers of AWS::EC2::Instance in CloudFormation's resource schema.
_CALL_OF = {
    "CreditSpecification": "ModifyInstanceCreditSpecification",
    "IamInstanceProfile": "AssociateIamInstanceProfile",
    "InstanceInitiatedShutdownBehavior": "ModifyInstanceAttribute",
}
_LOOKS = (Demand("ec2:DescribeInstances"),)
_THOROUGH_LOOKS = (
    Demand("ec2:DescribeInstances"),
    Demand("ec2:DescribeInstanceAttribute"),
    Demand("ec2:DescribeInstanceCreditSpecifications"),
    Demand("ec2:DescribeLaunchTemplates"),
    Demand("ec2:DescribeNetworkInterfaces"),
    Demand("ec2:DescribeVolumes"),
    Demand("ssm:DescribeAssociation"),
    Demand("ssm:ListAssociations"),
)


def launch_needs(properties: Mapping[str, Any], region: str) -> Iterable[Demand]:
    """Return what launching an instance with these properties needs, call by call."""
    way = current().settings.instance_launch
    tags = tags_from(properties.get("Tags"))
    is_propagated = str(properties.get("PropagateTagsToVolumeOnCreation")).lower() == "true"
    wanted = {"instance": tags, "volume": tags if is_propagated else {}}
    at_launch = {
        TagsBy.RUN_INSTANCES: ("instance", "volume"),
        TagsBy.INSTANCE_ALONE: ("instance",),
        TagsBy.CREATE_TAGS: (),
    }[way.tags_by]
    request = {
        **properties,
        "IamInstanceProfile": {"Name": properties.get("IamInstanceProfile", "")},
        "TagSpecifications": [
            {"ResourceType": kind, "Tags": properties["Tags"]} for kind in at_launch if wanted[kind]
        ],
    }
    yield from launch_demands(request, region)
    of_template = launch_template_tags(request, region)
    for kind, given in wanted.items():
        if given and kind not in at_launch:
            yield _create_tags(kind, given, of_template.get(kind, {}), region)
    if way.is_thorough:
        yield from _further_calls(properties, region, tags)
    yield from _THOROUGH_LOOKS if way.is_thorough else _LOOKS


def end_needs(instance_id: str, region: str) -> Iterable[Demand]:
    """Return what terminating the instance needs."""
    yield from _THOROUGH_LOOKS if current().settings.instance_launch.is_thorough else _LOOKS
    yield instance_demand("TerminateInstances", instance_id, region)


def _create_tags(
    kind: str, given: Mapping[str, str], carried: Mapping[str, str], region: str
) -> Demand:
    keys: tuple[str, tuple[str, ...]] = ("aws:tagkeys", tuple(given))
    context: tuple[tuple[str, str | tuple[str, ...]], ...] = (
        keys,
        *tag_context("aws:RequestTag", given),
        *tag_context("aws:ResourceTag", carried),
    )
    return Demand("ec2:CreateTags", resource_arn(region, kind, _NEW[kind]), context)


def _further_calls(
    properties: Mapping[str, Any], region: str, tags: Mapping[str, str]
) -> Iterable[Demand]:
    resource = resource_arn(region, "instance", _NEW["instance"])
    context = tag_context("aws:ResourceTag", tags)
    for name, call in _CALL_OF.items():
        if properties.get(name):
            yield Demand(f"ec2:{call}", resource, context)
