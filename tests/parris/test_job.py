"""A config becomes a job, and a job survives its way through the states."""

import dataclasses
import json

import pytest

from parris.costs.offer import Proposal
from parris.ec2.instance_types import Accelerator, accelerator_of, has_arm_processor
from parris.job import Job, UserFile
from parris.payloads import Json
from parris.targets.ec2_stack.default_images import (
    ARM_IMAGE_ALIAS,
    X86_IMAGE_ALIAS,
    default_boot_timeout_seconds,
    default_image_alias,
    driver_warnings,
)
from parris.targets.ec2_stack.spec import spec_in, spec_of
from parris.validation.build_job import build_job
from parris.validation.semantics import texts_of
from tests.builders import BUCKET, EXECUTION_ARN, a_job, a_rate, an_offer

RATES = {"t3.micro": a_rate("3.6"), "c5.large": a_rate("36")}
SCRIPT = UserFile("train.sh", "train.sh", "0" * 64)


def job_of(**changes: Json) -> Job:
    config: dict[str, Json] = {
        "training-job-name": "iris",
        "termination-method": "on-complete",
        "training-script-filename": "train.sh",
        "instance-type": "t3.micro",
    }
    for key, value in changes.items():
        config[key if key.startswith("_") else key.replace("_", "-")] = value
    types, subnets = texts_of(config, "instance-type"), texts_of(config, "subnet-id") or ("",)
    offers = tuple(
        dataclasses.replace(
            an_offer(kind, RATES.get(kind), subnet_id=subnet),
            boot_timeout_seconds=default_boot_timeout_seconds(kind),
        )
        for kind in types
        for subnet in subnets
    )
    return build_job(
        config,
        job_id="run-1",
        execution_arn=EXECUTION_ARN,
        deployment="parris",
        bucket=BUCKET,
        submitted_at="2026-11-21T00:00:00.000Z",
        target="ec2-stack",
        script=SCRIPT,
        code=None,
        training_config=None,
        experiment_uri="",
        proposal=Proposal(
            offers=offers, spec=spec_in(config, 0, None).to_payload(), on_termination="delete-stack"
        ),
    )


def test_a_job_comes_back_from_json_as_it_went() -> None:
    job = a_job(code=UserFile("c.tar.gz", "s3://b/c.tar.gz", "0f"), script_folder="src")
    assert Job.from_payload(json.loads(json.dumps(job.to_payload()))) == job


@pytest.mark.parametrize(
    ("changes", "seconds"),
    [
        ({}, (900, 7200)),
        ({"instance_type": "c5.metal"}, (2400, 7200)),
        ({"boot_timeout_seconds": 60.0, "silence_timeout_seconds": 900.0}, (60, 900)),
        ({"instance_type": "c5.metal", "boot_timeout_seconds": 61}, (61, 7200)),
    ],
)
def test_how_long_a_machine_may_take_to_start_and_be_silent(
    changes: dict[str, Json], seconds: tuple[int, int]
) -> None:
    job = job_of(**changes)
    assert (job.boot_timeout_seconds, job.silence_timeout_seconds) == seconds
    assert Job.from_payload(json.loads(json.dumps(job.to_payload()))) == job


def test_each_machine_of_a_list_has_the_boot_timeout_of_its_type() -> None:
    job = job_of(instance_type=["c5.large", "c5.metal"])
    assert job.boot_timeout_seconds == 900
    assert job.with_offer(1).boot_timeout_seconds == 2400


def test_the_default_stack_is_exactly_parris_stack() -> None:
    assert job_of(training_job_name="stack").launch_name == "parris-stack"


def test_hours_become_whole_seconds() -> None:
    job = job_of(termination_method="at-fixed-time", termination_options={"time-limit": 0.0025})
    assert job.limits.time_limit_seconds == 9


def test_dollars_become_seconds_at_the_jobs_rate() -> None:
    job = job_of(
        termination_method="around-cost-threshold", termination_options={"cost-limit": 0.07}
    )
    assert job.limits.cost_limit_seconds == 70


def test_a_limit_whose_method_is_not_chosen_does_nothing() -> None:
    job = job_of(termination_options={"time-limit": 1, "cost-limit": 5})
    assert job.limits.time_limit_seconds is None
    assert job.limits.cost_limit_seconds is None
    assert len(job.warnings) == 2


@pytest.mark.parametrize(
    ("hours", "asked_seconds", "grace_seconds", "stopping_seconds", "ends_at_seconds"),
    [
        (10, 300, 300, 60, 36_000 - 360),
        (10, None, 120, 60, 36_000 - 180),
        (0.1, None, 36, 36, 360 - 72),
        (12 / 3600, None, 1, 1, 10),
        (8_700, 900, 900, 60, 8_700 * 3600 - 960),
    ],
)
def test_saving_and_stopping_lie_inside_the_limit_a_tenth_of_it_each_at_most(
    hours: float,
    asked_seconds: int | None,
    grace_seconds: int,
    stopping_seconds: int,
    ends_at_seconds: int,
) -> None:
    options: dict[str, Json] = {"time-limit": hours, "save-grace-seconds": asked_seconds}
    limits = job_of(termination_method="at-fixed-time", termination_options=options).limits
    assert limits.save_grace_seconds == grace_seconds
    assert limits.stopping_allowance_seconds == stopping_seconds
    assert limits.ends_at_seconds() == ends_at_seconds


def test_comments_do_not_reach_the_job_at_any_level() -> None:
    job = job_of(hyperparameters={"_note": "tuned", "epochs": 3}, **{"_why": "a test"})
    assert job.hyperparameters == {"epochs": 3}
    assert "_why" not in job.config


def test_who_started_the_job_is_taken_from_the_comment_that_the_command_leaves() -> None:
    assert job_of(**{"_started-by": "ada@host"}).started_by == "ada@host"


def test_every_type_is_tried_in_every_subnet_before_the_next_type() -> None:
    job = job_of(instance_type=["t3.micro", "c5.large"], subnet_id=["subnet-a", "subnet-b"])
    tried = [
        (spec["instance_type"], spec["subnet_id"])
        for spec in (job.with_offer(attempt).spec for attempt in range(len(job.offers)))
    ]
    assert tried == [
        ("t3.micro", "subnet-a"),
        ("t3.micro", "subnet-b"),
        ("c5.large", "subnet-a"),
        ("c5.large", "subnet-b"),
    ]


def test_another_machine_has_a_limit_at_its_own_rate() -> None:
    job = job_of(
        instance_type=["t3.micro", "c5.large"],
        termination_method="around-cost-threshold",
        termination_options={"cost-limit": 3.6},
    )
    assert job.limits.cost_limit_seconds == 3600
    assert job.has_another_offer
    other = job.with_offer(1)
    assert other.limits.cost_limit_seconds == 360
    assert other.limits.save_grace_seconds == 36
    assert not other.has_another_offer


def test_a_cheaper_machine_has_the_time_to_save_that_the_first_was_too_dear_for() -> None:
    job = job_of(
        instance_type=["c5.large", "t3.micro"],
        termination_method="around-cost-threshold",
        termination_options={"cost-limit": 3.6},
    )
    assert job.limits.save_grace_seconds == 36
    handed_on = Job.from_payload(json.loads(json.dumps(job.to_payload())))
    assert handed_on.with_offer(1).limits.save_grace_seconds == 120


def test_an_accelerator_on_an_image_without_its_driver_is_warned_about() -> None:
    plain = "/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64"
    (warning,) = driver_warnings({"instance-type": "g5.xlarge", "ami": plain})
    assert "has an NVIDIA GPU" in warning and "leave ami out" in warning
    (old,) = driver_warnings({"instance-type": "p3.2xlarge"})
    assert "the default image has no driver for it: set ami" in old
    assert driver_warnings({"instance-type": "g5.xlarge"}) == ()
    assert driver_warnings({"instance-type": "g5.xlarge", "ami": "ami-0123"}) == ()


@pytest.mark.parametrize(
    ("instance_type", "is_arm", "is_gpu"),
    [
        ("t3.micro", False, False),
        ("t4g.micro", True, False),
        ("im4gn.large", True, False),
        ("a1.large", True, False),
        ("g4dn.xlarge", False, True),
        ("g5g.xlarge", True, True),
        ("p5.48xlarge", False, True),
        ("p6-b200.48xlarge", False, True),
        ("p6e-gb200.36xlarge", True, True),
        ("g4ad.xlarge", False, True),
        ("c7i-flex.large", False, False),
        ("trn1.2xlarge", False, False),
        ("x2gd.large", True, False),
    ],
)
def test_a_types_name_tells_its_processor(
    instance_type: str, *, is_arm: bool, is_gpu: bool
) -> None:
    assert has_arm_processor(instance_type) is is_arm
    is_one_found = accelerator_of(instance_type) in (Accelerator.NVIDIA, Accelerator.AMD)
    assert is_one_found is is_gpu
    assert ("arm64" in default_image_alias(instance_type)) is is_arm


NVIDIA_X86 = (
    "/aws/service/deeplearning/ami/x86_64/base-oss-nvidia-driver-gpu-ubuntu-22.04/latest/ami-id"
)


@pytest.mark.parametrize(
    ("instance_type", "accelerator", "alias"),
    [
        ("g4dn.xlarge", "nvidia", NVIDIA_X86),
        ("g5.48xlarge", "nvidia", NVIDIA_X86),
        ("g6e.xlarge", "nvidia", NVIDIA_X86),
        ("gr6.4xlarge", "nvidia", NVIDIA_X86),
        ("p4d.24xlarge", "nvidia", NVIDIA_X86),
        ("p5en.48xlarge", "nvidia", NVIDIA_X86),
        ("p6-b200.48xlarge", "nvidia", NVIDIA_X86),
        ("g5g.xlarge", "nvidia", NVIDIA_X86.replace("x86_64", "arm64")),
        ("p6e-gb200.36xlarge", "nvidia", NVIDIA_X86.replace("x86_64", "arm64")),
        ("trn1.2xlarge", "neuron", "/aws/service/neuron/dlami/base/ubuntu-22.04/latest/image_id"),
        ("inf2.xlarge", "neuron", "/aws/service/neuron/dlami/base/ubuntu-22.04/latest/image_id"),
        ("p3.2xlarge", "nvidia", X86_IMAGE_ALIAS),
        ("g3s.xlarge", "nvidia", X86_IMAGE_ALIAS),
        ("g6f.large", "nvidia", X86_IMAGE_ALIAS),
        ("g4ad.xlarge", "amd", X86_IMAGE_ALIAS),
        ("inf1.xlarge", "neuron", X86_IMAGE_ALIAS),
        ("m7g.large", "", ARM_IMAGE_ALIAS),
    ],
)
def test_a_type_boots_an_image_with_the_driver_of_its_accelerators_where_there_is_one(
    instance_type: str, accelerator: str, alias: str
) -> None:
    assert accelerator_of(instance_type) == accelerator
    assert default_image_alias(instance_type) == alias


def test_a_job_is_on_demand_unless_its_config_says_spot() -> None:
    assert not spec_of(job_of()).is_spot
    assert spec_of(job_of(purchase_option="spot")).is_spot


def test_results_are_synced_every_five_minutes_unless_the_config_says_otherwise() -> None:
    assert job_of().sync_interval_seconds == 300
    assert job_of(sync_interval_seconds=5).sync_interval_seconds == 5


@pytest.mark.parametrize("key", ["attempt", "title", "price_note", "boot_timeout_seconds"])
def test_a_payload_that_lacks_a_key_is_not_a_job(key: str) -> None:
    payload = a_job().to_payload()
    del payload[key]
    with pytest.raises((KeyError, TypeError)):
        Job.from_payload(payload)


def test_a_spot_job_comes_back_from_json_as_it_went() -> None:
    job = a_job(purchase_option="spot")
    assert Job.from_payload(json.loads(json.dumps(job.to_payload()))) == job
