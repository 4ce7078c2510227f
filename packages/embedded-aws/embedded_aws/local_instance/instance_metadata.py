"""The data of an instance's metadata service, read from moto's instance at each request."""

import json
from typing import Any

from moto.ec2.utils import filter_iam_instance_profiles
from moto.utilities.utils import get_partition

from embedded_aws.context import ClosedError, current
from embedded_aws.local_instance.metadata_server import MetadataServer
from embedded_aws.permissions.trust import RoleNotAssumableError
from embedded_aws.role_credentials import RoleCredentials

_MOMENT_FORMAT = "%Y-%m-%dT%H:%M:%SZ"


def make_metadata_server(instance: Any) -> MetadataServer:
    """Return a running metadata service for one of moto's instances."""
    metadata = _InstanceMetadata(instance)
    return MetadataServer(metadata.read, metadata.is_token_required)


def role_of_instance(instance: Any) -> tuple[str, str]:
    """Return the name and the ARN of an instance's role, empty if it has none."""
    association = instance.ec2_backend.iam_instance_profile_associations.get(instance.id)
    if association is None:
        return "", ""
    profile = filter_iam_instance_profiles(
        instance.owner_id,
        partition=get_partition(instance.region_name),
        iam_instance_profile_name=association.iam_instance_profile.name,
        iam_instance_profile_arn=None,
    )
    roles = list(profile.roles)
    return (roles[0].name, roles[0].arn) if roles else ("", "")


class _InstanceMetadata:
    def __init__(self, instance: Any) -> None:
        self._instance = instance
        self._context = current()
        self._credentials = RoleCredentials("ec2.amazonaws.com", instance.id)

    def is_token_required(self) -> bool:
        return str(self._instance.metadata_options.http_tokens) == "required"

    def read(self, path: str) -> str | None:
        try:
            with self._context.at_work(f"metadata of {self._instance.id}"):
                return self._read(path)
        except ClosedError:
            return None

    def _read(self, path: str) -> str | None:
        instance = self._instance
        name, role_arn = role_of_instance(self._instance)
        leaves = {
            "meta-data/instance-id": instance.id,
            "meta-data/ami-id": instance.image_id,
            "meta-data/instance-type": instance.instance_type,
            "meta-data/local-ipv4": instance.private_ip,
            "meta-data/hostname": instance.private_dns_name,
            "meta-data/instance-life-cycle": instance.lifecycle or "on-demand",
            "meta-data/placement/availability-zone": instance.availability_zone,
            "meta-data/placement/region": instance.region_name,
            "dynamic/instance-identity/document": json.dumps(self._identity(), indent=2),
        }
        taken_at = getattr(instance, "spot_interruption_at", None)
        if taken_at is not None:
            timestamp = taken_at.strftime(_MOMENT_FORMAT)
            notice = {"action": "terminate", "time": timestamp}
            leaves["meta-data/spot/instance-action"] = json.dumps(notice)
            leaves["meta-data/spot/termination-time"] = timestamp
        if role_arn:
            leaves[f"meta-data/iam/security-credentials/{name}"] = json.dumps(
                self._role_credentials(role_arn), indent=2
            )
        return _look_up(leaves, path)

    def _identity(self) -> dict[str, Any]:
        instance = self._instance
        return {
            "accountId": instance.owner_id,
            "architecture": instance.architecture,
            "availabilityZone": instance.availability_zone,
            "imageId": instance.image_id,
            "instanceId": instance.id,
            "instanceType": instance.instance_type,
            "pendingTime": instance.launch_time.strftime(_MOMENT_FORMAT),
            "privateIp": instance.private_ip,
            "region": instance.region_name,
            "version": "2017-09-30",
        }

    def _role_credentials(self, role_arn: str) -> dict[str, str]:
        try:
            found = self._credentials.read(role_arn)
        except RoleNotAssumableError as error:
            return {"Code": "AssumeRoleUnauthorizedAccess", "Message": str(error)}
        return {"Code": "Success", "Type": "AWS-HMAC", **found}


def _look_up(leaves: dict[str, str], path: str) -> str | None:
    if path in leaves:
        return leaves[path]
    folder = f"{path.rstrip('/')}/" if path else ""
    below = {leaf.removeprefix(folder) for leaf in leaves if leaf.startswith(folder)}
    names = {first + slash for first, slash, _ in (name.partition("/") for name in below)}
    return "\n".join(sorted(names)) or None
