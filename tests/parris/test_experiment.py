"""What a team sees of a run, and where a config may store it."""

import dataclasses
import json

import pytest

from parris.experiment import (
    experiment_name,
    experiment_of,
    experiment_record,
    files_before_the_launch,
)
from parris.job import Job, UserFile
from parris.payloads import Payload
from parris.validation.experiments import (
    experiment_uri,
    find_location_violations,
    find_training_config_violations,
)
from tests.builders import BUCKET, a_job
from tests.parris.test_stack_parameters import SETTINGS as SHARED

SETTINGS = dataclasses.replace(
    SHARED, training_bucket=BUCKET, experiment_buckets=("our-experiments",)
)
URI = f"s3://{BUCKET}/experiments/iris-run-1/"
TRAINING = UserFile("training.yaml", f"s3://{BUCKET}/uploads/x/training.yaml", "1" * 64)


def stored_job(training_config: UserFile | None = TRAINING) -> Job:
    return a_job(experiment_uri=URI, training_config=training_config)


@pytest.mark.parametrize(
    ("name", "job_id", "expected"),
    [
        ("iris", "iris-20310501t080000-04f2", "iris-20310501t080000-04f2"),
        (
            "iris",
            "0a1b2c3d-0000-4000-8000-aabbccddeeff",
            "iris-0a1b2c3d-0000-4000-8000-aabbccddeeff",
        ),
        ("iris", "click-1-SINGLE-0a", "iris-click-1-SINGLE-0a"),
        ("x" * 60, "x" * 50 + "-20310501t080000-04f2", "x" * 50 + "-20310501t080000-04f2"),
        ("iris", "nightly", "iris-nightly"),
        ("iris", "a-b", "iris-a-b"),
    ],
)
def test_the_name_of_an_experiment_has_the_jobs_name_and_its_id(
    name: str, job_id: str, expected: str
) -> None:
    assert experiment_name(name, job_id) == expected


def test_both_configs_and_the_starter_are_known_before_the_launch() -> None:
    job = stored_job()
    files = files_before_the_launch(job, b"epochs: 5\n")
    assert set(files) == {"experiment.json", "job.json", "config/training.yaml"}
    assert json.loads(files["job.json"]) == job.config
    assert files["config/training.yaml"] == b"epochs: 5\n"
    described = json.loads(files["experiment.json"])
    assert described["experiment"] == "iris-run-1"
    assert described["started_by"] == "ada@example.com"
    assert described["training_config"]["uri"] == f"{URI}config/training.yaml"


def test_a_run_without_a_training_config_has_none() -> None:
    job = stored_job(None)
    assert set(files_before_the_launch(job, b"")) == {"experiment.json", "job.json"}
    assert experiment_of(job)["training_config"] is None
    assert job.training_config_prefix_uri is None


def test_a_record_says_all_that_was_known_before() -> None:
    job = stored_job()
    record = json.loads(experiment_record(job, {"outcome": {"reason": "COMPLETED"}}))
    assert record == {**experiment_of(job), "outcome": {"reason": "COMPLETED"}}


def test_a_job_keeps_its_experiment_between_states() -> None:
    job = stored_job()
    assert Job.from_payload(job.to_payload()) == job
    older = job.to_payload()
    del older["experiment_uri"], older["training_config"]
    assert Job.from_payload(older).experiment_uri == ""


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({}, URI),
        ({"experiments-uri": f"s3://{BUCKET}/experiments"}, URI),
        (
            {"experiments-uri": "s3://our-experiments/vision/"},
            "s3://our-experiments/vision/iris-run-1/",
        ),
    ],
)
def test_a_run_has_a_folder_of_its_own(given: Payload, expected: str) -> None:
    config: Payload = {"training-job-name": "iris", **given}
    assert experiment_uri(config, "run-1", SETTINGS) == expected
    assert list(find_location_violations(config, SETTINGS)) == []


@pytest.mark.parametrize(
    ("uri", "says"),
    [
        ("s3://elsewhere/x/", "parris deploy --set ExperimentBuckets=our-experiments,elsewhere"),
        (f"s3://{BUCKET}/jobs/iris", f"such as s3://{BUCKET}/experiments/jobs/iris"),
        (f"s3://{BUCKET}", f"such as s3://{BUCKET}/experiments/"),
        (f"s3://{BUCKET}/experiments2/", f"such as s3://{BUCKET}/experiments/experiments2"),
    ],
)
def test_a_location_that_the_deployment_cannot_write_to_is_a_violation(uri: str, says: str) -> None:
    (found,) = find_location_violations({"experiments-uri": uri}, SETTINGS)
    assert found.path == "/experiments-uri"
    assert says in found.expected


@pytest.mark.parametrize(
    ("name", "body", "says"),
    [
        ("t.yaml", b" \n", "not empty"),
        ("t.yml", b"a: \xff", "YAML (line 1, column 4: not UTF-8"),
        ("t.json", b'{"a": 1,}', "JSON (line 1"),
        ("t.toml", b"a = 1", ".yaml, .yml or .json"),
        ("t.yaml", b"x" * (1 << 20) + b"x", "at most 1048576 bytes"),
        (f"{'x' * 251}.yaml", b"a: 1", "at most 255 bytes"),
    ],
)
def test_a_training_config_that_no_script_could_read_is_a_violation(
    name: str, body: bytes, says: str
) -> None:
    (found,) = find_training_config_violations({"training-config-filename": name}, body)
    assert says in found.expected


@pytest.mark.parametrize("name", ["t.yaml", "t.YML", "t.json"])
def test_a_training_config_is_yaml_or_json(name: str) -> None:
    assert not list(find_training_config_violations({"training-config-filename": name}, b"{}"))
