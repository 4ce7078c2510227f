"""Derives the processor and the accelerators of an instance type from its name."""

import re
from enum import StrEnum

# GB200 and GB300 have NVIDIA Grace processors: p6e-gb200.36xlarge.
_GRACE = re.compile(r"^[a-z]+\d+[a-z]*-g[bh]\d+")
# A family, a generation, and attributes, among which g means Graviton: c7g, im4gn, but not g4dn.
# Source: https://docs.aws.amazon.com/ec2/latest/instancetypes/instance-type-names.html
_TYPE = re.compile(r"^(?P<family>[a-z]+)(?P<generation>\d+)(?P<letters>[a-z]*)[.-]")
_GPU_FAMILIES = frozenset({"g", "gr", "p"})
_NEURON_FAMILIES = frozenset({"trn", "inf"})
_BURSTABLE_FAMILY = "t"


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
