"""Starts and ends the instances of a compute environment."""

import secrets
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from moto.ec2.exceptions import EC2ClientError
from moto.ec2.models import ec2_backends
from moto.ecs.models import ecs_backends

from embedded_aws.batch_compute.host import Host
from embedded_aws.batch_compute.instance_types import capacity_of
from embedded_aws.context import current

# Nothing boots on these instances, so that any image does.
_IMAGE = "ami-03cf127a"
_TRY_ELSEWHERE = (
    "InsufficientFreeAddressesInSubnet",
    "InsufficientInstanceCapacity",
    "MaxSpotInstanceCountExceeded",
    "Unsupported",
    "VcpuLimitExceeded",
)


def launch(environment: Any, instance_type: str) -> Host | None:
    """Return a new instance, which joins the cluster after a while; None if EC2 refuses it.

    Args:
        environment: moto's compute environment.
        instance_type: one of its types.
    """
    instance = _run_instance(environment, instance_type)
    if instance is None:
        return None
    context = current()
    seconds = context.settings.batch_delays.instance
    host = Host(
        environment,
        instance,
        _ecs().register_container_instance(environment.ecs_name, instance.id),
        capacity_of(instance_type),
        context.clock.now() + timedelta(seconds=seconds),
    )
    host.show()
    return host


def end(host: Host) -> None:
    """Terminate an instance, which leaves its cluster."""
    deregister(host)
    host.instance.terminate()


def deregister(host: Host) -> None:
    """Remove an instance from its cluster."""
    members = _ecs().container_instances.get(host.environment.ecs_name, {})
    members.pop(host.container_instance.id, None)


def _run_instance(environment: Any, instance_type: str) -> Any:
    resources: Mapping[str, Any] = environment.compute_resources
    settings = current().settings
    backend: Any = ec2_backends[settings.account_id][settings.region]
    template = _template_data(backend, resources)
    is_spot = resources["type"] == "SPOT"
    named: dict[str, Any] = {
        "image_id": _IMAGE,
        "count": 1,
        "user_data": None,
        "security_group_names": [],
        "instance_type": instance_type,
        "is_instance_type_default": False,
        "region_name": settings.region,
        "key_name": resources.get("ec2KeyPair") or template.get("KeyName"),
        "security_group_ids": resources.get("securityGroupIds")
        or template.get("SecurityGroupIds")
        or [],
        "tags": {"instance": {**_tags_of(template), **(resources.get("tags") or {})}},
    }
    if is_spot:
        named["instance_market_options"] = {"MarketType": "spot"}
    for subnet_id in resources["subnets"]:
        try:
            reservation = backend.run_instances(subnet_id=subnet_id, **named)
        except EC2ClientError as error:
            if error.code not in _TRY_ELSEWHERE:
                raise
            continue
        (instance,) = reservation.instances
        if is_spot:
            instance.spot_instance_request_id = f"sir-{secrets.token_hex(4)}"
        return instance
    return None


def _template_data(backend: Any, resources: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the data of the launch template; its user data is not run."""
    given = resources.get("launchTemplate") or {}
    wanted = {
        name: given[key]
        for name, key in (
            ("LaunchTemplateId", "launchTemplateId"),
            ("LaunchTemplateName", "launchTemplateName"),
        )
        if given.get(key)
    }
    if not wanted:
        return {}
    template = backend.describe_launch_templates(
        template_names=[wanted["LaunchTemplateName"]] if "LaunchTemplateName" in wanted else None,
        template_ids=[wanted["LaunchTemplateId"]] if "LaunchTemplateId" in wanted else None,
    )[0]
    version = str(given.get("version") or "$Default")
    number = {
        "$Default": template.default_version_number,
        "$Latest": template.latest_version_number,
    }.get(version, version)
    data: Mapping[str, Any] = template.get_version(int(number)).data
    return data


def _tags_of(template: Mapping[str, Any]) -> dict[str, str]:
    return {
        str(tag["Key"]): str(tag["Value"])
        for one in template.get("TagSpecifications") or []
        if one.get("ResourceType") == "instance"
        for tag in one.get("Tags") or one.get("Tag") or []
    }


def _ecs() -> Any:
    settings = current().settings
    return ecs_backends[settings.account_id][settings.region]
