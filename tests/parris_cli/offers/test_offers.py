"""`parris offers`: the instance types that fit, the cheapest first."""

from decimal import Decimal
from typing import Any, cast

import pytest

from parris_cli.offers.machine import Machine, Needs, machine_from

A_GPU = {
    "InstanceType": "g5.12xlarge",
    "ProcessorInfo": {"SupportedArchitectures": ["x86_64"]},
    "VCpuInfo": {"DefaultVCpus": 48},
    "MemoryInfo": {"SizeInMiB": 196608},
    "GpuInfo": {
        "Gpus": [
            {
                "Name": "A10G",
                "Manufacturer": "NVIDIA",
                "Count": 4,
                "MemoryInfo": {"SizeInMiB": 24576},
            }
        ]
    },
}
G5 = Machine("g5.12xlarge", "x86_64", 48, Decimal(192), "NVIDIA A10G", 4, Decimal(24))


def test_a_machine_is_read_from_what_ec2_describes() -> None:
    assert machine_from(cast("Any", A_GPU)) == G5
    trainium = {
        **A_GPU,
        "GpuInfo": {},
        "NeuronInfo": {
            "NeuronDevices": [{"Name": "Trainium", "Count": 1, "MemoryInfo": {"SizeInMiB": 32768}}]
        },
    }
    found = machine_from(cast("Any", trainium))
    assert (found.gpu, found.gpus, found.gpu_memory_gib) == ("AWS Trainium", 1, Decimal(32))


@pytest.mark.parametrize(
    ("needs", "fits"),
    [
        (Needs(), True),
        (Needs(gpus=4, gpu="a10g", gpu_memory_gib=Decimal(24)), True),
        (Needs(gpus=5), False),
        (Needs(gpu="h100"), False),
        (Needs(gpu_memory_gib=Decimal("24.1")), False),
        (Needs(vcpus=49), False),
        (Needs(memory_gib=Decimal(193)), False),
        (Needs(architecture="arm64"), False),
        (Needs(family="g5."), True),
        (Needs(family="g5g"), False),
    ],
)
def test_a_machine_fits_if_it_has_all_of_it(needs: Needs, fits: bool) -> None:
    assert needs.fits(G5) == fits
