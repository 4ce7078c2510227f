"""The public machine images that moto lacks: those with accelerator drivers, and Ubuntu.

AWS publishes them under SSM aliases. Their contents are not modelled beyond this: user data runs on
this machine. Only aliases that AWS documents, or that public projects use, are listed.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass

NVIDIA, NEURON = "nvidia", "neuron"
_UBUNTU_ROOT, _AMAZON_LINUX_ROOT = "/dev/sda1", "/dev/xvda"
# "Deep Learning Base OSS Nvidia Driver GPU AMI": its root is a 75 GB snapshot (AL2023 and Ubuntu).
# Source: https://docs.aws.amazon.com/dlami/latest/devguide/find-dlami-id.html for the names.
_NVIDIA_ROOT_GIB = 75
_NEURON_ROOT_GIB = 60
"""Not verified: the release notes of the Neuron images do not state it."""
_UBUNTU_ROOT_GIB = 8
_SYSTEMS = ("ubuntu-22.04", "ubuntu-24.04", "amazon-linux-2023")
_NVIDIA_KINDS = ("base-oss-nvidia-driver-gpu", "oss-nvidia-driver-gpu-pytorch-2.7")


@dataclass(frozen=True, slots=True)
class PublicImage:
    """One image. `drivers` is `nvidia`, `neuron` or empty."""

    alias: str
    name: str
    architecture: str
    root_device_name: str
    root_size_gib: int
    drivers: str = ""

    @property
    def image_id(self) -> str:
        """The same in every Region and account; on AWS it differs by Region."""
        return f"ami-{hashlib.sha256(self.alias.encode()).hexdigest()[:17]}"


def _images() -> Iterator[PublicImage]:
    for architecture in ("x86_64", "arm64"):
        for kind in _NVIDIA_KINDS:
            for system in _SYSTEMS:
                folder = f"/aws/service/deeplearning/ami/{architecture}"
                alias = f"{folder}/{kind}-{system}/latest/ami-id"
                name = f"Deep Learning {kind} {architecture} {system}"
                root = _root_of(system)
                yield PublicImage(alias, name, architecture, root, _NVIDIA_ROOT_GIB, NVIDIA)
    for system in _SYSTEMS:
        alias = f"/aws/service/neuron/dlami/base/{system}/latest/image_id"
        name = f"Deep Learning Base Neuron {system}"
        yield PublicImage(alias, name, "x86_64", _root_of(system), _NEURON_ROOT_GIB, NEURON)
    for release, disk in (("22.04", "gp2"), ("jammy", "gp2"), ("24.04", "gp3"), ("noble", "gp3")):
        for edition in ("server", "server-minimal"):
            for processor, architecture in (("amd64", "x86_64"), ("arm64", "arm64")):
                folder = f"/aws/service/canonical/ubuntu/{edition}/{release}/stable/current"
                alias = f"{folder}/{processor}/hvm/ebs-{disk}/ami-id"
                name = f"ubuntu/images/hvm-ssd/ubuntu-{release}-{processor}-{edition}"
                yield PublicImage(alias, name, architecture, _UBUNTU_ROOT, _UBUNTU_ROOT_GIB)


def _root_of(system: str) -> str:
    return _AMAZON_LINUX_ROOT if system.startswith("amazon") else _UBUNTU_ROOT


BY_ALIAS = {image.alias: image for image in _images()}
BY_ID = {image.image_id: image for image in BY_ALIAS.values()}
