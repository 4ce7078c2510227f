"""What a config passes to the container of a Batch job, and what Batch would reject."""

from typing import Any

import pytest

from parris.targets.batch.check_container import container_warnings, find_container_violations
from parris.targets.batch.read_spec import queues_in, spec_in

SCRIPT: dict[str, Any] = {"training-script-filename": "train.py"}
OWN: dict[str, Any] = {"run-image-command": True}


def paths(config: dict[str, Any], wrong: frozenset[str] = frozenset()) -> list[str]:
    return [one.path for one in find_container_violations(config, wrong)]


def test_a_script_or_the_images_own_command_runs() -> None:
    assert paths(SCRIPT) == []
    assert paths(OWN) == []
    assert paths({}) == ["/training-script-filename"]
    assert paths({}, frozenset({"training-script-filename"})) == []
    assert paths({**SCRIPT, **OWN}) == ["/training-script-filename"]


def test_a_command_needs_no_script_and_no_keys_of_a_runner() -> None:
    assert paths({**OWN, "command": ["train"]}) == []
    assert paths({**SCRIPT, "command": ["train"]}) == ["/command"]
    more: dict[str, Any] = {
        "input-data": ["s3://b/c"],
        "metrics": {"loss": "(.*)"},
        "hyperparameters": {"a": 1},
    }
    assert paths({**OWN, **more}) == ["/hyperparameters", "/input-data", "/metrics"]
    more = {"sync-interval-seconds": 60, "training-config-filename": "training.yaml"}
    assert paths({**OWN, **more}) == ["/sync-interval-seconds", "/training-config-filename"]


def test_references_name_parameters() -> None:
    config = {**OWN, "command": ["--rate=Ref::rate", "Ref::size"], "parameters": {"rate": 1}}
    assert paths(config) == ["/command/1"]
    assert paths(config, frozenset({"parameters"})) == []


def test_two_parameters_have_two_variables() -> None:
    assert paths({**SCRIPT, "parameters": {"a-b": 1, "a_c": 2}}) == []
    assert paths({**SCRIPT, "parameters": {"a-b": 1, "A_B": 2}}) == ["/parameters/A_B"]


def test_the_variables_of_batch_are_reserved() -> None:
    config = {**SCRIPT, "environment": {"AWS_BATCH_JOB_ID": "1", "BATCH": "2"}}
    assert paths(config) == ["/environment/AWS_BATCH_JOB_ID"]


@pytest.mark.parametrize(("characters", "expected"), [(8_100, []), (8_300, ["/parameters"])])
def test_a_job_definition_has_a_largest_size(characters: int, expected: list[str]) -> None:
    parts = {f"p{number}": "x" * (characters // 4) for number in range(4)}
    assert paths({**SCRIPT, "parameters": parts}) == expected


def test_only_a_container_without_a_runner_gets_the_environment_from_batch() -> None:
    environment = {"DATA": "x" * 17_000}
    assert paths({**SCRIPT, "environment": environment}) == []
    assert paths({**OWN, "environment": environment}) == ["/environment"]


def test_a_person_learns_that_an_image_saves_its_results_itself() -> None:
    assert "saves its results itself" in container_warnings(OWN)[0]
    assert container_warnings(SCRIPT) == ()


def test_a_spec_has_the_defaults_of_the_schema() -> None:
    spec = spec_in({"image": "python:3.13"})
    assert (spec.vcpus, spec.memory_mib, spec.gpus, spec.storage_gib) == ("1", 2048, 0, 20)
    assert spec.runnable_timeout_seconds == 3600
    assert spec.assigns_public_ip
    assert not spec.runs_image_command
    assert queues_in({}, "parris-batch") == ("parris-batch",)


def test_a_spec_has_what_the_config_says() -> None:
    spec = spec_in(
        {
            "vcpus": 0.25, "memory-mib": 512, "gpus": 1, "runnable-timeout-seconds": "2h",
            "parameters": {"rate": 0.01, "name": "a", "_note": "b", "is-on": True},
            "hourly-price-usd": 0.5, "assign-public-ip": False, "ephemeral-storage-gib": 50,
        }
    )  # fmt: skip
    assert (spec.vcpus, spec.memory_mib, spec.gpus, spec.storage_gib) == ("0.25", 512, 1, 50)
    assert spec.parameters == {"rate": "0.01", "name": "a", "is-on": "true"}
    assert (spec.usd_per_hour, spec.assigns_public_ip) == ("0.5", False)
    assert spec.runnable_timeout_seconds == 7200
    assert queues_in({"job-queue": ["a", "b"]}, "") == ("a", "b")


@pytest.mark.parametrize(
    ("value", "expected"),
    [(0.25, "0.25"), (4, "4"), (4.0, "4"), (1000, "1000"), (1.0000001, "1.0000001")],
)
def test_vcpus_are_a_decimal_text_that_loses_nothing(value: float, expected: str) -> None:
    assert spec_in({"vcpus": value}).vcpus == expected
