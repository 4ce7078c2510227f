"""`parris offers`: the instance types that fit, the cheapest first."""

import json
from collections.abc import Iterator
from decimal import Decimal
from typing import Any, cast

import pytest

from embedded_aws import EmbeddedAws, Settings
from parris_cli.main import main
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


@pytest.fixture(scope="module")
def aws(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedAws]:
    with EmbeddedAws(Settings(), folder=tmp_path_factory.mktemp("aws")) as running:
        yield running


@pytest.fixture(autouse=True)
def shell(aws: EmbeddedAws, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in aws.environment().items():
        monkeypatch.setenv(name, value)


def offers(capsys: pytest.CaptureFixture[str], *arguments: str) -> Any:
    assert main(["offers", *arguments, "--json"]) == 0
    return json.loads(capsys.readouterr().out)


def test_the_cheapest_machines_come_first_with_prices_and_zones(
    capsys: pytest.CaptureFixture[str],
) -> None:
    found = offers(capsys, "--gpus", "1", "--gpu", "a10g", "--first", "3")
    assert found["count"] > 3
    shown = found["offers"]
    assert shown[0]["instance_type"] == "g5.xlarge"
    prices = [Decimal(one["on_demand_usd_per_hour"]) for one in shown]
    assert prices == sorted(prices)
    assert all(one["gpu"] == "NVIDIA A10G" and one["zones"] for one in shown)


def test_a_table_is_shown_to_people(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["offers", "--family", "c5.", "--max-price", "0.2"]) == 0
    head, *rows, total = capsys.readouterr().out.splitlines()
    assert head.split() == ["type", "vCPU", "GiB", "accelerators", "USD/h", "spot", "zones"]
    assert rows[0].startswith("c5.large ")
    assert "parris estimate --instance-type c5.large" in total


def test_what_no_machine_has_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["offers", "--gpus", "99"]) == 2
    assert "no instance type in us-east-1 has all of this" in capsys.readouterr().err
