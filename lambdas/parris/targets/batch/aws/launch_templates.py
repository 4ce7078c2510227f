"""EC2: the launch templates of compute environments."""

from __future__ import annotations

from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from parris.aws.translate_errors import code_of, translates_errors

if TYPE_CHECKING:
    from mypy_boto3_ec2 import EC2Client
    from mypy_boto3_ec2.type_defs import DescribeLaunchTemplateVersionsRequestTypeDef

_MISSING = frozenset(
    {
        "InvalidLaunchTemplateId.NotFound",
        "InvalidLaunchTemplateId.NotFoundException",
        "InvalidLaunchTemplateName.NotFoundException",
        "InvalidLaunchTemplateId.VersionNotFound",
    }
)


class LaunchTemplates:
    """The launch templates of this account and Region."""

    def __init__(self, client: EC2Client) -> None:
        self._client = client

    @translates_errors
    def volume_gib(self, template: str, version: str) -> int | None:
        """Return the size of all volumes of a template in GiB, or None if it does not say.

        Args:
            template: its id or name.
            version: its version: a number, `$Latest` or `$Default`.
        """
        request: DescribeLaunchTemplateVersionsRequestTypeDef = {"Versions": [version]}
        if template.startswith("lt-"):
            request["LaunchTemplateId"] = template
        else:
            request["LaunchTemplateName"] = template
        try:
            found = self._client.describe_launch_template_versions(**request)
        except ClientError as err:
            if code_of(err) in _MISSING:
                return None
            raise
        devices = [
            device
            for one in found["LaunchTemplateVersions"]
            for device in one["LaunchTemplateData"].get("BlockDeviceMappings", [])
        ]
        return sum(one.get("Ebs", {}).get("VolumeSize", 0) for one in devices) or None
