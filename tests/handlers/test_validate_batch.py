"""ValidateConfig of a Batch job: what AWS would reject, its price, and its limits."""

import dataclasses
import json
from decimal import Decimal
from typing import Any

import pytest

from embedded_aws import EmbeddedAws
from embedded_aws import Settings as AwsSettings
from embedded_aws.batch_delays import BatchDelays
from embedded_aws_helpers.batch import (
    ec2_resources,
    fargate_resources,
    make_environment,
    make_queue,
)
from parris.entrypoint import Deps
from parris.payloads import Payload, part_of, parts_in, text_in, texts_in
from parris.targets.batch.spec import BatchSpec, spec_of
from tests.handlers.account import BATCH_ROLE_ARN, QUICK
from tests.handlers.conftest import put_json, with_settings
from tests.handlers.test_validate_config import an_event, job_of, violations_of
from tests.parris.targets.batch.builders import IMAGE
from validate_config import run

ON_EC2, ON_SPOT, ON_FARGATE, UNPRICED = "parris-batch", "spot", "fargate", "unpriced"
MINE: dict[str, Any] = {
    "training-script-filename": "train.py",
    "termination-method": "at-fixed-time",
    "termination-options": {"time-limit": 10},
    "target": "batch",
    "image": IMAGE,
}
CAPPED: dict[str, Any] = {
    "termination-method": "around-cost-threshold",
    "termination-options": {"cost-limit": 1},
}


@pytest.fixture
def aws_settings() -> AwsSettings:
    return dataclasses.replace(QUICK, batch_delays=BatchDelays(environment=0))


@pytest.fixture
def deps(deps: Deps, aws: EmbeddedAws) -> Deps:
    put_json(aws, "train.py", b"print('trained')\n")
    role_name = BATCH_ROLE_ARN.rpartition("/")[2]
    aws.client("iam").create_role(RoleName=role_name, AssumeRolePolicyDocument="{}")
    for queue, resources in (
        (ON_EC2, ec2_resources(aws, instanceTypes=["c5.large", "m5.xlarge"])),
        (ON_SPOT, ec2_resources(aws, type="SPOT", instanceTypes=["c5"], bidPercentage=50)),
        (ON_FARGATE, fargate_resources(aws)),
        (UNPRICED, ec2_resources(aws, instanceTypes=["mac2.metal"])),
    ):
        make_queue(aws, queue, make_environment(aws, f"{queue}-machines", **resources))
    return with_settings(deps, {"PARRIS_BATCH_JOB_QUEUE": ON_EC2})


def paths_of(deps: Deps, config: Payload) -> list[str]:
    """The paths of all violations of a config, in the order of the message."""
    return [line.split(" ")[1].rstrip(":") for line in violations_of(deps, {**MINE, **config})]


def quote_of(deps: Deps, config: Payload) -> Payload:
    return part_of(run(an_event({**MINE, **config}), deps), "quote")


def parts_of(machine: Payload) -> dict[str, Decimal]:
    components = parts_in(part_of(machine, "rate"), "components")
    return {text_in(one, "part"): Decimal(text_in(one, "usd_per_hour")) for one in components}


def test_a_small_config_runs_on_the_queue_of_the_deployment(deps: Deps) -> None:
    job = job_of(deps, MINE)
    assert (job.target, job.on_termination) == ("batch", "terminate-job")
    assert job.title == "m5.xlarge of parris-batch"
    assert spec_of(job) == BatchSpec(
        image=IMAGE, job_queue=ON_EC2, instance_types=("m5.xlarge", "c5.large")
    )


def test_a_whole_config_reaches_the_spec(deps: Deps) -> None:
    config: Payload = {
        "job-queue": [ON_SPOT, ON_EC2],
        "vcpus": 2,
        "memory-mib": 3500,
        "shared-memory-mib": 1024,
        "parameters": {"rate": 0.01},
        "runnable-timeout-seconds": "20m",
        "tags": {"cost-center": "ml"},
    }
    job = job_of(deps, {**MINE, **config})
    spec = spec_of(job)
    assert [one.spec["job_queue"] for one in job.offers] == [ON_SPOT, ON_EC2]
    assert (spec.job_queue, spec.is_spot, spec.bid_percentage) == (ON_SPOT, True, 50)
    assert (spec.vcpus, spec.memory_mib, spec.shared_memory_mib) == ("2", 3500, 1024)
    assert (spec.parameters, spec.tags) == ({"rate": "0.01"}, {"cost-center": "ml"})
    assert spec.runnable_timeout_seconds == 1200


def test_the_images_own_command_needs_no_script(deps: Deps) -> None:
    config = {key: value for key, value in MINE.items() if key != "training-script-filename"}
    own = {"run-image-command": True, "command": ["train", "Ref::rate"], "parameters": {"rate": 1}}
    job = job_of(deps, {**config, **own})
    assert job.script is None
    assert spec_of(job).command == ("train", "Ref::rate")
    assert any("saves its results itself" in one for one in job.warnings)


@pytest.mark.parametrize(
    ("config", "path"),
    [
        ({"termination-options": {"time-limit": "89s"}}, "/termination-options/time-limit"),
        (
            {
                "termination-method": "around-cost-threshold",
                "termination-options": {"cost-limit": 0.04},
                "hourly-price-usd": 2,
            },
            "/termination-options/cost-limit",
        ),
    ],
)
def test_without_a_runner_a_limit_is_one_that_batch_keeps(
    deps: Deps, config: Payload, path: str
) -> None:
    own: Payload = {"run-image-command": True, "training-script-filename": None}
    assert paths_of(deps, {**own, **config}) == [path]
    longer: Payload = {"termination-options": {"time-limit": "90s", "cost-limit": 0.06}}
    assert job_of(deps, {**MINE, **own, **config, **longer}).script is None
    options: Payload = {"termination-options": {"time-limit": "20s"}}
    assert job_of(deps, {**MINE, **options}).script is not None


def test_the_quote_counts_the_dearest_machine_with_its_volume_and_address(deps: Deps) -> None:
    quote = quote_of(deps, CAPPED)
    (machine,) = parts_in(quote, "machines")
    assert parts_of(machine)["instance"] == Decimal("0.192")
    assert set(parts_of(machine)) == {"instance", "volume", "public IPv4"}
    assert (machine["job_queue"], machine["purchase_option"]) == (ON_EC2, "on-demand")
    assert Decimal(text_in(quote, "most_usd")) <= 1
    assert "the dearest machine that the queue may choose" in text_in(quote, "words")


def test_a_queue_on_spot_counts_its_bid(deps: Deps) -> None:
    (machine,) = parts_in(quote_of(deps, {"job-queue": ON_SPOT}), "machines")
    dearest = text_in(machine, "machine")
    assert dearest.startswith("c5.")
    assert len(texts_in(machine, "instance_types")) > 5
    (on_demand,) = parts_in(
        quote_of(deps, {"job-queue": ON_SPOT, "hourly-price-usd": 100}), "machines"
    )
    assert parts_of(on_demand)["instance"] == 100


def test_fargate_costs_vcpus_and_memory(deps: Deps) -> None:
    config = {**CAPPED, "job-queue": ON_FARGATE, "vcpus": 2, "memory-mib": 4096}
    (machine,) = parts_in(quote_of(deps, config), "machines")
    assert parts_of(machine) == {
        "vCPUs": Decimal("0.08096"), "memory": Decimal("0.01778"), "public IPv4": Decimal("0.005"),
    }  # fmt: skip


@pytest.mark.parametrize(
    ("queue", "vcpus", "jobs"), [(ON_EC2, "2", 8), (ON_EC2, "4", 4), (ON_FARGATE, "0.5", 8)]
)
def test_a_sweep_learns_for_how_many_jobs_the_queue_has_room(
    deps: Deps, queue: str, vcpus: str, jobs: int
) -> None:
    config = {**MINE, "job-queue": queue, "vcpus": float(vcpus)}
    room = part_of(run({**an_event(config), "stores_nothing": True}, deps), "room")
    assert (room["jobs"], f"a job has {vcpus}" in str(room["why"])) == (jobs, True)


def test_all_violations_are_reported_together(deps: Deps) -> None:
    config: Payload = {
        "job-queue": [ON_EC2, "of-nobody"],
        "memory-mib": 100_000,
        "gpus": 1,
        "command": ["train", "Ref::rat"],
        "parameters": {"a-b": 1, "a_b": 2},
        "input-data": ["s3://somewhere/else/"],
        "ephemeral-storage-gib": 50,
        "runnable-timeout-seconds": 1,
        "instance-type": "t3.micro",
        "image": "Not An Image",
    }
    assert sorted(paths_of(deps, config)) == [
        "/command", "/command/1", "/ephemeral-storage-gib", "/gpus", "/image", "/input-data/0",
        "/instance-type", "/job-queue/1", "/memory-mib", "/parameters/a_b",
        "/runnable-timeout-seconds",
    ]  # fmt: skip


def test_a_missing_queue_names_the_command_that_makes_one(deps: Deps) -> None:
    (line,) = violations_of(deps, {**MINE, "job-queue": "of-nobody"})
    assert "parris deploy --with batch" in line


def test_a_queue_without_prices_needs_one_of_the_config_where_a_limit_depends_on_it(
    deps: Deps,
) -> None:
    capped = {**CAPPED, "job-queue": UNPRICED}
    assert paths_of(deps, capped) == ["/job-queue"]
    assert quote_of(deps, {"job-queue": UNPRICED})["most_usd"] is None
    (machine,) = parts_in(quote_of(deps, {**capped, "hourly-price-usd": 0.65}), "machines")
    assert parts_of(machine)["instance"] == Decimal("0.65")


def test_an_image_of_ecr_exists(deps: Deps, aws: EmbeddedAws) -> None:
    missing = IMAGE.replace("training:1", "nothing:1")
    (line,) = violations_of(deps, {**MINE, "image": missing})
    assert "has no repository nothing" in line


def test_the_image_and_the_roles_of_the_containers_are_checked(
    deps: Deps, aws: EmbeddedAws
) -> None:
    platforms = [{"platform": {"architecture": "arm64", "os": "linux"}}]
    kind = "application/vnd.oci.image.index.v1+json"
    index = {"schemaVersion": 2, "mediaType": kind, "manifests": platforms}
    aws.client("ecr").put_image(
        repositoryName="training", imageTag="arm", imageManifest=json.dumps(index)
    )
    aws.client("iam").delete_role(RoleName=BATCH_ROLE_ARN.rpartition("/")[2])
    image = IMAGE.replace(":1", ":arm")
    assert paths_of(deps, {"image": image}) == ["/job-queue", "/image"]
