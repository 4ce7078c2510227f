"""A machine shows accelerators if its type has them and its image has the drivers."""

import pytest

from embedded_aws.local_instance.accelerators import accelerator_commands
from embedded_aws.public_images import BY_ALIAS

PLAIN = "ami-12c6146b"
NVIDIA = BY_ALIAS[
    "/aws/service/deeplearning/ami/x86_64/base-oss-nvidia-driver-gpu-ubuntu-22.04/latest/ami-id"
].image_id
NEURON = BY_ALIAS["/aws/service/neuron/dlami/base/ubuntu-22.04/latest/image_id"].image_id


@pytest.mark.parametrize(
    ("instance_type", "image_id", "command", "is_there"),
    [
        ("g5.xlarge", NVIDIA, "nvidia-smi", True),
        ("p5.48xlarge", NVIDIA, "nvidia-smi", True),
        ("g5.xlarge", PLAIN, "nvidia-smi", False),
        ("g5.xlarge", NEURON, "nvidia-smi", False),
        ("trn1.2xlarge", NEURON, "neuron-ls", True),
        ("inf2.xlarge", PLAIN, "neuron-ls", False),
    ],
)
def test_the_command_is_there_with_the_drivers_of_the_image(
    instance_type: str, image_id: str, command: str, is_there: bool
) -> None:
    ((name, line),) = accelerator_commands(instance_type, image_id).items()
    assert name == command
    assert ("exit 127" not in line) is is_there


@pytest.mark.parametrize("instance_type", ["t3.micro", "c7g.large", "m7i-flex.large", "g4ad.large"])
def test_a_type_without_them_has_no_such_command(instance_type: str) -> None:
    assert accelerator_commands(instance_type, NVIDIA) == {}
