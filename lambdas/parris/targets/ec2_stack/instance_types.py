"""Derives the processor, the accelerators and the default image of a type from its name."""

import re
from enum import StrEnum

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

# GB200 and GB300 have NVIDIA Grace processors: p6e-gb200.36xlarge.
_GRACE = re.compile(r"^[a-z]+\d+[a-z]*-g[bh]\d+")
# A family, a generation, and attributes, among which g means Graviton: c7g, im4gn, but not g4dn.
# Source: https://docs.aws.amazon.com/ec2/latest/instancetypes/instance-type-names.html
_TYPE = re.compile(r"^(?P<family>[a-z]+)(?P<generation>\d+)(?P<letters>[a-z]*)[.-]")
_GPU_FAMILIES = frozenset({"g", "gr", "p"})
_NEURON_FAMILIES = frozenset({"trn", "inf"})
_BURSTABLE_FAMILY = "t"
# A bare-metal instance initialises its hardware before its system boots.
_METAL_BOOT_TIMEOUT_SECONDS = 40 * 60
# The image has NVIDIA's open driver, which supports GPUs from Turing on. It does not support
# fractional GPUs (g6f), which need the GRID driver. The Neuron images do not support Inf1.
_WITHOUT_DRIVER_IMAGE = re.compile(r"^(p[23]|g[23]|g6f|gr6f|inf1)")


class Accelerator(StrEnum):
    """The accelerators of a type, which the script reads from PARRIS_ACCELERATOR."""

    NONE = ""
    NVIDIA = "nvidia"
    AMD = "amd"
    NEURON = "neuron"


def has_arm_processor(instance_type: str) -> bool:
    """Return whether the type runs on AWS Graviton or NVIDIA Grace (both arm64)."""
    found = _TYPE.match(instance_type)
    if found is None:
        return False
    is_grace = _GRACE.match(instance_type) is not None
    return is_grace or "g" in found["letters"] or found["family"] == "a"


def accelerator_of(instance_type: str) -> Accelerator:
    """Return the accelerators of the type."""
    found = _TYPE.match(instance_type)
    if found is None:
        return Accelerator.NONE
    if found["family"] in _NEURON_FAMILIES:
        return Accelerator.NEURON
    if found["family"] not in _GPU_FAMILIES:
        return Accelerator.NONE
    # In a GPU family, `a` stands for an AMD GPU: g4ad, but not g5 or g4dn.
    return Accelerator.AMD if "a" in found["letters"] else Accelerator.NVIDIA


def is_burstable(instance_type: str) -> bool:
    """Return whether the type earns CPU credits. T1 does not support another mode.

    Source: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/burstable-performance-instances.html
    """
    found = _TYPE.match(instance_type)
    return found is not None and found["family"] == _BURSTABLE_FAMILY and found["generation"] != "1"


def is_bare_metal(instance_type: str) -> bool:
    """Return whether the type is bare metal: c5.metal, m7i.metal-24xl."""
    return instance_type.partition(".")[2].startswith("metal")


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
