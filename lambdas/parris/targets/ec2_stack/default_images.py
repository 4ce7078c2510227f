"""The default image of an instance type, its drivers, and how long its machine may take to boot."""

import re

from parris.ec2.instance_types import (
    Accelerator,
    accelerator_of,
    has_arm_processor,
    is_bare_metal,
)
from parris.liveness import DEFAULT_BOOT_TIMEOUT_SECONDS
from parris.payloads import Payload, maybe_text_in
from parris.validation.semantics import texts_of

X86_IMAGE_ALIAS = "/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64"
ARM_IMAGE_ALIAS = "/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-arm64"
# Source: https://docs.aws.amazon.com/dlami/latest/devguide/find-dlami-id.html (its naming rule)
_NVIDIA_IMAGE_ALIAS = (
    "/aws/service/deeplearning/ami/{}/base-oss-nvidia-driver-gpu-ubuntu-22.04/latest/ami-id"
)
# Source: https://awsdocs-neuron.readthedocs-hosted.com/en/latest/dlami/index.html
_NEURON_IMAGE_ALIAS = "/aws/service/neuron/dlami/base/ubuntu-22.04/latest/image_id"

# A bare-metal instance initialises its hardware before its system boots.
_METAL_BOOT_TIMEOUT_SECONDS = 40 * 60
# The image has NVIDIA's open driver, which supports GPUs from Turing on. It does not support
# fractional GPUs (g6f), which need the GRID driver. The Neuron images do not support Inf1.
_WITHOUT_DRIVER_IMAGE = re.compile(r"^(p[23]|g[23]|g6f|gr6f|inf1)")


def default_boot_timeout_seconds(instance_type: str) -> int:
    """Return how long a machine of this type may take to start its runner, in seconds."""
    is_metal = is_bare_metal(instance_type)
    return _METAL_BOOT_TIMEOUT_SECONDS if is_metal else DEFAULT_BOOT_TIMEOUT_SECONDS


def default_image_alias(instance_type: str) -> str:
    """Return the SSM alias of the default image of a type.

    It is an image with the drivers of its accelerators if AWS publishes one, and Amazon Linux 2023
    otherwise.
    """
    is_arm, accelerator = has_arm_processor(instance_type), accelerator_of(instance_type)
    if _WITHOUT_DRIVER_IMAGE.match(instance_type) is None:
        if accelerator is Accelerator.NVIDIA:
            return _NVIDIA_IMAGE_ALIAS.format("arm64" if is_arm else "x86_64")
        if accelerator is Accelerator.NEURON:
            return _NEURON_IMAGE_ALIAS
    return ARM_IMAGE_ALIAS if is_arm else X86_IMAGE_ALIAS


def is_amazon_linux(ami: str) -> bool:
    """Return whether an image is one of the Amazon Linux 2023 defaults."""
    return ami in (X86_IMAGE_ALIAS, ARM_IMAGE_ALIAS)


def driver_warnings(config: Payload) -> tuple[str, ...]:
    """Return a warning for each type whose image lacks the drivers of its accelerators."""
    named = maybe_text_in(config, "ami")
    return tuple(
        f"{instance_type} has {_NAMES[accelerator]}, but {named or 'the default image'} has no"
        f" driver for it: {_advice(instance_type)}"
        for instance_type in texts_of(config, "instance-type")
        if (accelerator := accelerator_of(instance_type)) is not Accelerator.NONE
        and not _may_have_driver(named or default_image_alias(instance_type))
    )


def _may_have_driver(image: str) -> bool:
    """Return whether an image may have drivers, judged by its alias. An id does not tell."""
    return image.startswith("ami-") or any(
        word in image for word in ("deeplearning", "nvidia", "neuron")
    )


def _advice(instance_type: str) -> str:
    alias = default_image_alias(instance_type)
    if _may_have_driver(alias):
        return f"leave ami out to use {alias}"
    return "set ami to your own image that has one"


_NAMES = {
    Accelerator.NVIDIA: "an NVIDIA GPU",
    Accelerator.AMD: "an AMD GPU",
    Accelerator.NEURON: "AWS Neuron accelerators",
}
