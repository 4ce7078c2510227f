"""ValidateConfig: the images of a job's machines, their drivers and the volume that they need."""

import json
from pathlib import Path
from typing import Any

import pytest

from embedded_aws import EmbeddedAws
from parris.ec2.instance_types import accelerator_of
from parris.ec2.parts import VOLUME
from parris.entrypoint import Deps
from parris.job import Job
from parris.payloads import part_of
from parris.targets.ec2_stack.default_images import default_image_alias
from parris.targets.ec2_stack.spec import spec_of
from tests.handlers.conftest import ec2_of
from tests.handlers.test_validate_config import an_event, job_of, violations_of
from validate_config import run

EXAMPLES = sorted(Path("config/examples").glob("*.json"))
DRIVERS = (
    "/aws/service/deeplearning/ami/x86_64/base-oss-nvidia-driver-gpu-ubuntu-22.04/latest/ami-id"
)


@pytest.mark.parametrize(
    ("types", "config", "size_gib"),
    [
        ("t3.micro", {}, 30),
        ("g5.xlarge", {}, 75),
        (["c5.large", "g5.xlarge"], {}, 75),
        ("g5.xlarge", {"volume-size-gib": 100}, 100),
        ("t3.micro", {"ami": DRIVERS}, 75),
    ],
)
def test_the_volume_rises_to_what_the_image_needs_and_so_does_the_quote(
    deps: Deps, types: Any, config: dict[str, Any], size_gib: int
) -> None:
    answer = run(an_event({"instance-type": types, **config}), deps)
    job = Job.from_payload(part_of(answer, "job"))
    assert spec_of(job).volume_size_gib == size_gib
    for offer in job.offers:
        assert offer.rate is not None
        volume = offer.rate.component(VOLUME)
        assert volume is not None and volume.quantity == size_gib


def test_the_root_device_of_each_types_image_is_found_once_for_its_launch(deps: Deps) -> None:
    job = job_of(deps, {"instance-type": ["c5.large", "g5.xlarge"]})
    found = [spec_of(job.with_offer(attempt)).root_device_name for attempt in (0, 1)]
    assert found == ["/dev/xvda", "/dev/sda1"]


@pytest.mark.parametrize(
    "config", [{"instance-type": "g5.xlarge"}, {"instance-type": "t3.micro", "ami": DRIVERS}]
)
def test_a_volume_smaller_than_its_image_is_a_violation(deps: Deps, config: dict[str, Any]) -> None:
    (violation,) = violations_of(deps, {**config, "volume-size-gib": 74})
    assert violation.startswith("1. /volume-size-gib: found 74")
    assert f"at least 75 GiB, the size of {DRIVERS}" in violation
    assert spec_of(job_of(deps, {**config, "volume-size-gib": 75})).volume_size_gib == 75


@pytest.mark.parametrize(
    ("ami", "config", "expected"),
    [
        ("ami-b7e93bce", {}, "a Linux image; this one is for Windows"),
        ("ami-bb9a6bc2", {}, "billed as Red Hat Enterprise Linux: set hourly-price-usd"),
        (
            "/aws/service/canonical/ubuntu/server/24.04/stable/current/amd64/hvm/ebs-gp3/ami-id",
            {},
            "an image with the aws command",
        ),
    ],
)
def test_an_image_that_no_job_can_run_on_is_a_violation(
    deps: Deps, ami: str, config: dict[str, Any], expected: str
) -> None:
    (violation,) = violations_of(deps, {"ami": ami, **config})
    assert violation.startswith("1. /ami: ")
    assert expected in violation


def test_an_image_that_is_billed_otherwise_is_taken_at_a_price_of_the_configs_own(
    deps: Deps,
) -> None:
    assert spec_of(job_of(deps, {"ami": "ami-bb9a6bc2", "hourly-price-usd": 0.2})).ami


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_the_image_of_an_example_has_the_driver_of_its_machines(
    deps: Deps, aws: EmbeddedAws, path: Path
) -> None:
    job = job_of(deps, json.loads(path.read_text()))
    assert not any("no driver" in warning for warning in job.warnings)
    for offer in job.offers:
        image = ec2_of(deps).images.find(default_image_alias(offer.title))
        assert image is not None
        assert image.root_size_gib <= spec_of(job).volume_size_gib
        has_drivers = accelerator_of(offer.title) != ""
        assert ("Deep Learning" in name_of(aws, image.image_id)) is has_drivers


def name_of(aws: EmbeddedAws, image_id: str) -> str:
    (found,) = aws.client("ec2").describe_images(ImageIds=[image_id])["Images"]
    return str(found["Name"])
