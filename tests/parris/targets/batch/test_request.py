"""What a run registers and submits: as Batch takes it, with the limits of the job behind it."""

import json
from pathlib import Path
from typing import Any

from parris.payloads import part_of
from parris.targets.batch.request import definition_request, submission_request, timeout_seconds
from tests.builders import EXECUTION_ARN, some_limits
from tests.parris.targets.batch.builders import a_batch_job, a_spec
from tests.parris.targets.batch.described_jobs import some_settings

TEMPLATES = Path("templates")
MOST_BYTES = 24 * 1024
"""Of the container properties.
Source: https://docs.aws.amazon.com/batch/latest/userguide/service_limits.html"""


def defined(**changes: Any) -> dict[str, Any]:
    job = a_batch_job(a_spec(**changes), environment={"MODE": "fast"})
    request: dict[str, Any] = dict(definition_request(job, some_settings(TEMPLATES)))
    return request


def test_the_container_waits_for_the_runner_with_the_roles_of_the_environment() -> None:
    request = defined(vcpus="2", memory_mib=4096, gpus=1, shared_memory_mib=64)
    container = request["containerProperties"]
    assert container["command"][:2] == ["/bin/sh", "-c"]
    assert container["command"][3:] == ["parris", "the-training-bucket", "us-east-1", "900"]
    (variable,) = container["environment"]
    assert variable["value"] == (TEMPLATES / "batch" / "bootstrap.py").read_text()
    assert container["jobRoleArn"].endswith("role/parris-batch-job-us-east-1")
    assert container["executionRoleArn"].endswith("role/parris-batch-exec-us-east-1")
    needs = {one["type"]: one["value"] for one in container["resourceRequirements"]}
    assert needs == {"VCPU": "2", "MEMORY": "4096", "GPU": "1"}
    assert container["linuxParameters"] == {"initProcessEnabled": True, "sharedMemorySize": 64}
    assert (request["platformCapabilities"], request["retryStrategy"]) == (["EC2"], {"attempts": 1})
    assert request["tags"]["parris:execution"] == EXECUTION_ARN
    assert len(json.dumps(container)) < MOST_BYTES


def test_the_images_own_command_runs_with_parameters_as_references_and_variables() -> None:
    request = defined(
        runs_image_command=True,
        command=("train", "Ref::learning-rate"),
        parameters={"learning-rate": "0.1"},
        is_fargate=True,
        storage_gib=40,
        assigns_public_ip=False,
        architecture="ARM64",
    )
    container = request["containerProperties"]
    assert container["command"] == ["train", "Ref::learning-rate"]
    variables = {one["name"]: one["value"] for one in container["environment"]}
    assert variables == {"MODE": "fast", "PARRIS_PARAMETER_LEARNING_RATE": "0.1"}
    assert request["parameters"] == {"learning-rate": "0.1"}
    assert container["networkConfiguration"] == {"assignPublicIp": "DISABLED"}
    assert container["ephemeralStorage"] == {"sizeInGiB": 40}
    assert container["runtimePlatform"]["cpuArchitecture"] == "ARM64"
    assert request["platformCapabilities"] == ["FARGATE"]
    assert "command" not in defined(runs_image_command=True)["containerProperties"]


def test_batch_itself_ends_the_job_so_that_it_is_gone_by_its_limit() -> None:
    assert timeout_seconds(a_batch_job(limits=some_limits(time_limit_seconds=3600))) == 3570
    # The shortest that Batch takes.
    assert timeout_seconds(a_batch_job(limits=some_limits(time_limit_seconds=70))) == 60


def test_batchs_timeout_does_not_come_before_the_end_of_the_runner() -> None:
    limits = some_limits(time_limit_seconds=90).with_reserves_within()
    assert timeout_seconds(a_batch_job(limits=limits)) == 81
    own = a_spec(runs_image_command=True)
    assert timeout_seconds(a_batch_job(own, limits=limits)) == 60


def test_the_job_names_its_queue_definition_and_owner() -> None:
    job = a_batch_job(a_spec(tags={"team": "vision"}))
    request = submission_request(job, "arn:of:definition")
    assert (request["jobQueue"], request["jobDefinition"]) == ("parris-batch", "arn:of:definition")
    assert part_of(request, "tags")["team"] == "vision"
    assert part_of(request, "tags")["parris:job"] == "iris"
