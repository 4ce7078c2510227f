"""What an instance type's name tells: its processor, and whether it has a GPU."""

import re

from parris.check_meaning import texts_of
from parris.payloads import Payload, maybe_text_in

X86_IMAGE_ALIAS = "/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64"
ARM_IMAGE_ALIAS = "/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-arm64"

# A family, its generation, and letters of which g means Graviton: c7g, im4gn, but not g4dn.
# Source: https://docs.aws.amazon.com/ec2/latest/instancetypes/instance-type-names.html
_TYPE = re.compile(r"^(?P<family>[a-z]+)(?P<generation>\d+)(?P<letters>[a-z]*)[.-]")
_GPU_FAMILIES = frozenset({"g", "gr", "p"})
_BURSTABLE_FAMILY = "t"


def has_arm_processor(instance_type: str) -> bool:
    """Return whether the type runs on AWS Graviton (arm64)."""
    found = _TYPE.match(instance_type)
    return found is not None and ("g" in found["letters"] or found["family"] == "a")


def has_gpu(instance_type: str) -> bool:
    """Return whether the type has an NVIDIA or AMD GPU."""
    found = _TYPE.match(instance_type)
    return found is not None and found["family"] in _GPU_FAMILIES


def is_burstable(instance_type: str) -> bool:
    """Return whether the type earns CPU credits; T1, the oldest, knows no other mode.

    Source: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/burstable-performance-instances.html
    """
    found = _TYPE.match(instance_type)
    return found is not None and found["family"] == _BURSTABLE_FAMILY and found["generation"] != "1"


def default_image_alias(instance_type: str) -> str:
    """Return the SSM alias of the newest Amazon Linux 2023 for the type's processor."""
    return ARM_IMAGE_ALIAS if has_arm_processor(instance_type) else X86_IMAGE_ALIAS


def driver_warnings(config: Payload) -> tuple[str, ...]:
    """Return a warning for each GPU type that would boot an image without GPU drivers."""
    image = maybe_text_in(config, "ami") or "the default image"
    if image.startswith("ami-") or "deeplearning" in image or "nvidia" in image:
        return ()
    return tuple(
        f"{instance_type} has a GPU, but {image} has no drivers for it: set ami to a Deep Learning"
        " image, e.g. /aws/service/deeplearning/ami/x86_64/base-oss-nvidia-driver-ubuntu-22.04"
        "/latest/ami-id"
        for instance_type in texts_of(config, "instance-type")
        if has_gpu(instance_type)
    )
