"""`parris offers`: the instance types that fit, the cheapest first."""

from decimal import Decimal
from typing import Any, cast

import pytest

from parris_cli.errors import RefusedError
from parris_cli.offers.find_offers import Offers
from parris_cli.offers.machine import Machine, Needs, Offer, machine_from
from parris_cli.offers.show_offers import found_offers

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


def text_of(offers: Offers) -> list[str]:
    return ["".join(span.text for span in line) for line in found_offers(offers).lines]


def test_a_table_is_shown_to_people() -> None:
    small = Machine("c5.large", "x86_64", 2, Decimal(4))
    zones = ("eu-west-1a", "eu-west-1c")
    offers = (
        Offer(small, Decimal("0.096"), Decimal("0.0341"), zones),
        Offer(G5, None, None, ("eu-west-1a",)),
    )
    assert text_of(Offers("eu-west-1", offers, 7)) == [
        "type         vCPU  GiB  accelerators      USD/h    spot  zones",
        "c5.large        2    4                    0.096  0.0341  ac",
        "g5.12xlarge    48  192  4 A10G of 24 GiB                 a",
        "the cheapest 2 of 7 types in eu-west-1; a whole quote: parris estimate --instance-type"
        " c5.large",
    ]


def test_what_no_machine_has_is_refused() -> None:
    with pytest.raises(RefusedError, match="no instance type in eu-west-1 has all of this"):
        found_offers(Offers("eu-west-1", (), 0))
