"""Trainings that the training API and its files start and stop."""

import json
import time
from collections.abc import Callable
from typing import Any

from embedded_aws import EmbeddedAws
from tests.end_to_end.deployment import Deployed
from tests.permissions.scenarios.scenario import SECONDS, STOPS_ON_SIGNAL, outputs_of
from tests.training_api import TrainingApi

KINDS = ("text", "images")
_DATA = {"format": "csv", "content": "text,label\ngood,yes\nbad,no\n"}
_CONFIG: dict[str, Any] = {
    "termination-method": "on-complete",
    "training-script-filename": "team/endless.sh",
    "instance-type": "t3.micro",
}


def trained_by_requests(deployed: Deployed, aws: EmbeddedAws) -> None:
    """Start a job of each kind over HTTP, look at everything, and stop both."""
    api = _prepared(deployed, aws)
    for kind in KINDS:
        name = {"training-job-name": f"posted-{kind}"}
        body = {"task_type": kind, "config": name, "data": _DATA}
        job_id = api.post("/train", body).body["job_id"]
        _await(api, kind, lambda status: status["status"] == "active")
        api.post("/uploads", {"task_type": kind, "format": "csv"})
        for path in ("/jobs", f"/jobs/{job_id}", f"/jobs/{job_id}/results"):
            assert api.get(path).status == 200
        assert api.post(f"/jobs/{job_id}/stop").status == 202
        _await_end(api, kind, job_id)


def trained_by_files(deployed: Deployed, aws: EmbeddedAws) -> None:
    """Start a job of each kind by its file, and stop it by deleting that file."""
    api = _prepared(deployed, aws)
    bucket, s3 = deployed.account.deployment.bucket, aws.client("s3")
    for kind in KINDS:
        key = "training/training.json" if kind == KINDS[0] else f"{kind}/training/training.json"
        config = json.dumps({"training-job-name": f"filed-{kind}"})
        s3.put_object(Bucket=bucket, Key=key, Body=config.encode())
        job = _await(api, kind, lambda status: status["status"] == "active")["job"]
        s3.delete_object(Bucket=bucket, Key=key)
        _await_end(api, kind, job["job_id"])


def _prepared(deployed: Deployed, aws: EmbeddedAws) -> TrainingApi:
    bucket, s3 = deployed.account.deployment.bucket, aws.client("s3")
    script = f"#!/bin/bash\n{STOPS_ON_SIGNAL}".encode()
    s3.put_object(Bucket=bucket, Key="team/endless.sh", Body=script)
    for key in ("training-config.json", "images/training-config.json"):
        s3.put_object(Bucket=bucket, Key=key, Body=json.dumps(_CONFIG).encode())
    return TrainingApi(aws.endpoint_url, outputs_of(aws)["TrainingApiUrl"])


def _await_end(api: TrainingApi, kind: str, job_id: str) -> None:
    def has_ended(status: dict[str, Any]) -> bool:
        return bool(status["status"] == "sleeping" and status["job"]["job_id"] == job_id)

    assert _await(api, kind, has_ended)["job"]["reason"] == "ABORTED"


def _await(api: TrainingApi, kind: str, is_reached: Callable[[dict[str, Any]], bool]) -> Any:
    ends_at = time.monotonic() + SECONDS
    while not is_reached(status := api.get(f"/status?task_type={kind}").body):
        assert time.monotonic() < ends_at, status
        time.sleep(0.3)
    return status
