"""AWS::EC2::Instance honours all its properties, including its volumes.

moto ignores MetadataOptions, CreditSpecification, InstanceInitiatedShutdownBehavior,
SecurityGroupIds and PropagateTagsToVolumeOnCreation, tags the instance only after its launch,
creates no root volume, fails with a LaunchTemplate, and on deletion terminates every instance with
the same logical id, in any stack.
"""

from typing import Any

from moto.cloudformation.exceptions import ValidationError
from moto.core.types import Base64EncodedString
from moto.ec2.models import ec2_backends
from moto.ec2.models.instances import Instance

from embedded_aws.gaps.ec2.credit_specification import credit_mode_of, keep_credit_mode
from embedded_aws.patching import wrap

_HONOURED = """
    BlockDeviceMappings CreditSpecification DisableApiTermination EbsOptimized
    IamInstanceProfile ImageId InstanceInitiatedShutdownBehavior InstanceType KeyName
    LaunchTemplate MetadataOptions Monitoring PrivateIpAddress PropagateTagsToVolumeOnCreation
    SecurityGroupIds SecurityGroups SubnetId Tags UserData
"""
_HONOURED_OF_LAUNCH_TEMPLATES = """
    BlockDeviceMappings ImageId InstanceMarketOptions InstanceType KeyName SecurityGroupIds
    SecurityGroups TagSpecifications UserData
"""
_ROOT_DEVICES = ("/dev/xvda", "/dev/sda1")


def install() -> None:
    """Patch how an instance of a stack is created and deleted."""
    wrap(Instance, "create_from_cloudformation_json", _make_create)
    wrap(Instance, "delete_from_cloudformation_json", _make_delete)


def _make_create(original: Any) -> Any:
    def create_from_cloudformation_json(
        cls: Any,
        resource_name: str,
        cloudformation_json: Any,
        account_id: str,
        region_name: str,
        **named: Any,
    ) -> Any:
        properties = cloudformation_json["Properties"]
        _refuse_unknown(properties, _HONOURED, "an instance")
        backend = ec2_backends[account_id][region_name]
        credit_mode = credit_mode_of(properties)
        reservation = backend.run_instances(
            image_id=properties.get("ImageId", ""),
            count=1,
            user_data=_user_data(properties),
            **{
                **_launch_arguments(properties, region_name),
                **_launch_template_argument(properties, backend),
            },
        )
        instance = reservation.instances[0]
        keep_credit_mode(instance, credit_mode)
        instance.disable_api_termination = _is_true(properties.get("DisableApiTermination"))
        if properties.get("IamInstanceProfile"):
            backend.associate_iam_instance_profile(
                instance_id=instance.id,
                iam_instance_profile_name=properties["IamInstanceProfile"],
            )
        return instance

    return create_from_cloudformation_json


def _make_delete(original: Any) -> Any:
    def delete_from_cloudformation_json(
        cls: Any, resource_name: str, cloudformation_json: Any, account_id: str, region_name: str
    ) -> None:
        found = ec2_backends[account_id][region_name].get_instance_by_id(resource_name)
        if found is not None:
            found.delete(account_id, region_name)

    return delete_from_cloudformation_json


def _launch_template_argument(properties: Any, backend: Any) -> dict[str, Any]:
    wanted = properties.get("LaunchTemplate")
    if not wanted:
        return {}
    version = backend._get_template_from_args(wanted)
    given = {name: value for name, value in version.data.items() if value is not None}
    _refuse_unknown(given, _HONOURED_OF_LAUNCH_TEMPLATES, "a launch template")
    return {"launch_template": wanted, "tags": _all_tags(properties, given)}


def _refuse_unknown(properties: Any, known: str, owner: str) -> None:
    unknown = sorted(set(properties) - set(known.split()))
    if unknown:
        raise ValidationError(
            message=f"The embedded AWS does not model {', '.join(unknown)} of {owner}"
        )


def _launch_arguments(properties: Any, region_name: str) -> dict[str, Any]:
    arguments = {
        "security_group_names": list(properties.get("SecurityGroups", [])),
        "security_group_ids": list(properties.get("SecurityGroupIds", [])),
        "instance_type": properties.get("InstanceType", "m1.small"),
        "is_instance_type_default": not properties.get("InstanceType"),
        "region_name": region_name,
        "subnet_id": properties.get("SubnetId"),
        "key_name": properties.get("KeyName"),
        "private_ip": properties.get("PrivateIpAddress"),
        "ebs_optimized": _is_true(properties.get("EbsOptimized")),
        "monitoring_state": "enabled" if _is_true(properties.get("Monitoring")) else "disabled",
        "metadata_options": properties.get("MetadataOptions", {}),
        "instance_initiated_shutdown_behavior": properties.get("InstanceInitiatedShutdownBehavior"),
        "tags": _all_tags(properties, {}),
    }
    mappings = properties.get("BlockDeviceMappings")
    if mappings:
        arguments["block_device_mappings"] = [_mapping(mapping) for mapping in mappings]
    return arguments


def _all_tags(properties: Any, template: Any) -> dict[str, dict[str, str]]:
    """Return the tags of instance and volumes: the launch template's, overridden by the stack's."""
    own = {tag["Key"]: str(tag["Value"]) for tag in properties.get("Tags", [])}
    is_propagated = _is_true(properties.get("PropagateTagsToVolumeOnCreation"))
    tags: dict[str, dict[str, str]] = {"instance": {}, "volume": {}}
    for spec in template.get("TagSpecifications") or []:
        listed = spec.get("Tags") or []
        tags[spec["ResourceType"]] = {tag["Key"]: str(tag["Value"]) for tag in listed}
    tags["instance"] |= own
    tags["volume"] |= own if is_propagated else {}
    return tags


def _mapping(mapping: Any) -> dict[str, Any]:
    ebs = mapping.get("Ebs", {})
    # A root volume is deleted with its instance unless it is configured otherwise.
    is_root = mapping["DeviceName"] in _ROOT_DEVICES
    found = {
        "DeviceName": mapping["DeviceName"],
        "Ebs": {
            "SnapshotId": ebs.get("SnapshotId"),
            "VolumeSize": int(ebs.get("VolumeSize", 8)),
            "VolumeType": ebs.get("VolumeType", "gp2"),
            "Encrypted": _is_true(ebs.get("Encrypted")),
            "KmsKeyId": ebs.get("KmsKeyId"),
            "DeleteOnTermination": _is_true(ebs.get("DeleteOnTermination", is_root)),
        },
    }
    if "NoDevice" in mapping:
        found["NoDevice"] = ""
    return found


def _user_data(properties: Any) -> Base64EncodedString | None:
    given = properties.get("UserData")
    return None if not given else Base64EncodedString(str(given))


def _is_true(value: object) -> bool:
    return str(value).lower() == "true"
