"""EC2 and SSM: the machine images that configs name, by id or by public alias."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from parris.aws.translate_errors import code_of, translates_errors

if TYPE_CHECKING:
    from mypy_boto3_ec2 import EC2Client
    from mypy_boto3_ssm import SSMClient

_NOT_FOUND = frozenset(
    {"InvalidAMIID.NotFound", "InvalidAMIID.Malformed", "InvalidAMIID.Unavailable"}
)


@dataclass(frozen=True, slots=True)
class Image:
    """A machine image. `architecture` is `x86_64` or `arm64`, `platform` is what EC2 bills.

    `root_size_gib` is the size of the root snapshot, which is the minimum size of the root volume.
    """

    image_id: str
    architecture: str
    root_device_name: str
    root_size_gib: int
    platform: str


class Images:
    """The machine images that this account can launch in this Region."""

    def __init__(self, ec2: EC2Client, ssm: SSMClient) -> None:
        self._ec2 = ec2
        self._ssm = ssm

    @translates_errors
    def find(self, ami: str) -> Image | None:
        """Return the image with an id or alias, or None if there is no such image."""
        image_id = ami if ami.startswith("ami-") else self._image_id_of(ami)
        if image_id is None:
            return None
        try:
            images = self._ec2.describe_images(ImageIds=[image_id])["Images"]
        except ClientError as err:
            if code_of(err) in _NOT_FOUND:
                return None
            raise
        if not images:
            return None
        (image,) = images
        root = image["RootDeviceName"]
        sizes = [
            mapping["Ebs"].get("VolumeSize", 0)
            for mapping in image.get("BlockDeviceMappings", [])
            if mapping.get("DeviceName") == root and "Ebs" in mapping
        ]
        return Image(
            image_id=image_id,
            architecture=image["Architecture"],
            root_device_name=root,
            root_size_gib=max(sizes, default=0),
            platform=image.get("PlatformDetails", "Linux/UNIX"),
        )

    def _image_id_of(self, alias: str) -> str | None:
        found = self._ssm.get_parameters(Names=[alias])["Parameters"]
        return found[0]["Value"] if found else None
