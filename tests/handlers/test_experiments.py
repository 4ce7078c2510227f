"""The configs of a run are stored where its team sees them, and the record at the end."""

import json
from typing import Any

import pytest

import record_outcome
import validate_config
from embedded_aws import EmbeddedAws
from parris.entrypoint import Deps
from parris.errors import ConfigInvalidError
from parris.payloads import Payload, part_of
from tests.builders import BUCKET, EXECUTION_ARN
from tests.handlers.conftest import put_json, with_settings

FOLDER = "experiments/iris-run-1/"
TRAINING = b"# as it is\nepochs: 5\n"


def validate(deps: Deps, **event: Any) -> Payload:
    config = {
        "training-job-name": "iris",
        "training-script-filename": "train.sh",
        "termination-method": "on-complete",
        "instance-type": "t3.micro",
        "training-config-filename": "uploads/x/training.yaml",
        "_started-by": "ada",
        **event.pop("config", {}),
    }
    return validate_config.run(
        {
            "config": config,
            "job_id": "run-1",
            "execution_arn": EXECUTION_ARN,
            "submitted_at": "2026-11-21T00:00:00Z",
            **event,
        },
        deps,
    )


@pytest.fixture(autouse=True)
def _files(deps: Deps, aws: EmbeddedAws) -> None:
    put_json(aws, "train.sh", b"#!/bin/sh\n")
    put_json(aws, "uploads/x/training.yaml", TRAINING)


def stored(aws: EmbeddedAws, prefix: str = FOLDER, bucket: str = BUCKET) -> dict[str, bytes]:
    s3 = aws.client("s3")
    listed = s3.list_objects_v2(Bucket=bucket, Prefix=prefix).get("Contents", [])
    return {
        one["Key"].removeprefix(prefix): s3.get_object(Bucket=bucket, Key=one["Key"])["Body"].read()
        for one in listed
    }


def test_both_configs_are_stored_before_the_launch(deps: Deps, aws: EmbeddedAws) -> None:
    job = part_of(validate(deps), "job")
    files = stored(aws)
    assert set(files) == {"experiment.json", "job.json", "config/training.yaml"}
    assert files["config/training.yaml"] == TRAINING
    assert json.loads(files["job.json"]) == job["config"]
    assert json.loads(files["experiment.json"])["started_by"] == "ada"


def test_an_estimate_stores_nothing_and_needs_no_training_config(
    deps: Deps, aws: EmbeddedAws
) -> None:
    validate(deps, is_estimate=True, config={"training-config-filename": "training.yaml"})
    assert stored(aws) == {}


def test_a_config_with_a_violation_is_no_experiment(deps: Deps, aws: EmbeddedAws) -> None:
    with pytest.raises(ConfigInvalidError) as caught:
        validate(
            deps,
            config={
                "training-config-filename": "none.yaml",
                "experiments-uri": "s3://elsewhere/x",
            },
        )
    assert "/training-config-filename" in str(caught.value)
    assert "ExperimentBuckets=elsewhere" in str(caught.value)
    assert stored(aws) == {}


def test_a_location_that_s3_refuses_is_a_violation(deps: Deps) -> None:
    allowed = with_settings(deps, experiment_buckets=("gone-by-now",))
    with pytest.raises(ConfigInvalidError) as caught:
        validate(allowed, config={"experiments-uri": "s3://gone-by-now/x"})
    assert "/experiments-uri" in str(caught.value)
    assert "S3 refuses to store s3://gone-by-now/x/iris-run-1/" in str(caught.value)


def test_the_record_is_beside_the_configs(deps: Deps, aws: EmbeddedAws) -> None:
    aws.client("s3").create_bucket(Bucket="our-experiments")
    allowed = with_settings(deps, experiment_buckets=("our-experiments",))
    job = part_of(validate(allowed, config={"experiments-uri": "s3://our-experiments/v"}), "job")
    outcome = part_of(record_outcome.run({"state": ended(job)}, allowed), "outcome")
    files = stored(aws, "v/iris-run-1/", "our-experiments")
    record = json.loads(files["record.json"])
    assert record["outcome"] == outcome
    assert record["submitted_at"] == "2026-11-21T00:00:00.000Z"
    own = deps.aws.bucket.read_json("jobs/iris/run-1/record.json")
    assert own == {key: record[key] for key in own or {}}


def test_a_location_that_is_gone_at_the_end_fails_no_run(deps: Deps) -> None:
    job = {**part_of(validate(deps), "job"), "experiment_uri": "s3://gone-by-now/iris-run-1/"}
    record_outcome.run({"state": ended(job)}, deps)
    assert deps.aws.bucket.read_json("jobs/iris/run-1/record.json") is not None


def ended(job: Payload) -> Payload:
    return {
        "job": job,
        "end": {"reason": "ABORTED", "decided_at": "2026-11-21T01:00:00.000Z"},
        "confirmed": {"state": "ended", "confirmed_at": "2026-11-21T01:00:00.000Z"},
    }
