"""Images have a root volume size, a platform and drivers, and launches respect them.

moto gives every image a root snapshot of 15 GiB, reports no platform except Windows, has no image
with drivers, and launches onto root volumes that are smaller than the snapshot.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from moto.ec2.exceptions import EC2ClientError
from moto.ec2.models.amis import Ami, AmiBackend
from moto.ec2.models.instances import InstanceBackend

from embedded_aws.patching import wrap
from embedded_aws.public_images import BY_ID

_SIZES_GIB = {"Windows": 30, "Red Hat Enterprise Linux": 10, "SUSE Linux": 10}
_SMALLEST_GIB = 8
_OWNER = "898082745236"


class VolumeTooSmallError(EC2ClientError):
    """The root volume is smaller than the image's snapshot."""

    def __init__(self, size_gib: int, snapshot_id: str, least_gib: int) -> None:
        """Use EC2's message."""
        super().__init__(
            "InvalidBlockDeviceMapping",
            f"Volume of size {size_gib}GB is smaller than snapshot '{snapshot_id}', expect size >="
            f" {least_gib}GB",
        )


def install() -> None:
    """Patch the list of images, their description, and their launch."""
    wrap(AmiBackend, "_load_amis", _make_load_amis)
    Ami.platform_details = property(_platform_details_of)  # type: ignore[attr-defined]
    wrap(Ami, "block_device_mappings", _make_mappings)
    wrap(InstanceBackend, "run_instances", _make_run_instances)


def _make_load_amis(original: Any) -> Any:
    def load_amis(self: Any) -> None:
        original(self)
        for image_id, image in BY_ID.items():
            self.amis[image_id] = Ami(
                self,
                image_id,
                name=image.name,
                description=image.name,
                owner_id=_OWNER,
                owner_alias="amazon",
                public=True,
                virtualization_type="hvm",
                architecture=image.architecture,
                image_location=f"amazon/{image.name}",
                hypervisor="xen",
                root_device_type="ebs",
                root_device_name=image.root_device_name,
            )

    return load_amis


def _platform_details_of(image: Ami) -> str:
    name = (image.name or "").lower()
    if image.platform == "windows":
        return "Windows"
    if name.startswith("rhel"):
        return "Red Hat Enterprise Linux"
    return "SUSE Linux" if name.startswith("suse") else "Linux/UNIX"


def _make_mappings(original: Any) -> Any:
    return property(_mappings_of)


def _mappings_of(image: Ami) -> list[dict[str, Any]]:
    ebs = {
        "SnapshotId": image.ebs_snapshot.id,
        "VolumeSize": _root_size_gib_of(image),
        "DeleteOnTermination": True,
        "VolumeType": "gp3",
        "Encrypted": False,
    }
    return [{"DeviceName": image.root_device_name, "Ebs": ebs}]


def _root_size_gib_of(image: Ami) -> int:
    public = BY_ID.get(image.id)
    if public is not None:
        return public.root_size_gib
    return _SIZES_GIB.get(_platform_details_of(image), _SMALLEST_GIB)


def _make_run_instances(original: Any) -> Any:
    def run_instances(self: Any, image_id: str, *arguments: Any, **named: Any) -> Any:
        image = self.amis.get(image_id)
        if image is not None:
            _refuse_small_root(image, named.get("block_device_mappings") or ())
        return original(self, image_id, *arguments, **named)

    return run_instances


def _refuse_small_root(image: Ami, mappings: Iterable[Mapping[str, Any]]) -> None:
    least_gib = _root_size_gib_of(image)
    for mapping in mappings:
        size_gib = int(mapping.get("Ebs", {}).get("VolumeSize") or least_gib)
        if mapping.get("DeviceName") == image.root_device_name and size_gib < least_gib:
            raise VolumeTooSmallError(size_gib, image.ebs_snapshot.id, least_gib)
