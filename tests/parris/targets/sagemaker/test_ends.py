"""Why a job ends, by what SageMaker says of its training job."""

from typing import Any

import pytest

from parris.policy import MachineState, decide
from parris.targets.sagemaker.observe import exit_report_of, observation_of
from parris.targets.sagemaker.training_job import Metric, TrainingJob
from tests.builders import LAUNCHED_AT, after, some_limits
from tests.parris.targets.sagemaker.builders import a_training_job, ended

ALGORITHM = "AlgorithmError: ExecuteUserScriptError: ValueError: no data, exit code: 3"
CAPACITY = "CapacityError: Unable to provision requested ML compute capacity."
UPLOAD = "ClientError: Artifact upload failed: no such bucket"
ENDS: list[tuple[TrainingJob, str, str]] = [
    (ended("Completed"), "COMPLETED", "exited with status 0"),
    (ended("Failed", failure_reason=ALGORITHM), "SCRIPT_FAILED", "status 3; SageMaker says: Alg"),
    (
        ended("Failed", failure_reason="ClientError: no such image"),
        "SCRIPT_FAILED",
        "no such image",
    ),
    (ended("Failed", failure_reason="AlgorithmError: , exit code: 0"), "SCRIPT_FAILED", "code: 0"),
    (ended("Failed", failure_reason=CAPACITY), "INSTANCE_LOST", "Unable to provision"),
    (
        ended("Failed", failure_reason="InternalServerError: try again"),
        "INSTANCE_LOST",
        "try again",
    ),
    (ended("Failed", failure_reason=CAPACITY, is_spot=True), "INSTANCE_LOST", "spot interruption"),
    (ended("Stopped"), "INSTANCE_LOST", "stopped from outside"),
    (ended("Stopped", "MaxRuntimeExceeded"), "TIME_LIMIT", "the time limit of 1 h"),
    (ended("Stopped", "MaxWaitTimeExceeded"), "INSTANCE_LOST", "no spot instances within"),
    (
        ended(
            "Stopped",
            "MaxWaitTimeExceeded",
            secondary_statuses=("Training", "Interrupted", "Starting", "Stopping"),
        ),
        "INSTANCE_LOST",
        "no spot instances within",
    ),
    (
        ended(
            "Stopped",
            "MaxWaitTimeExceeded",
            secondary_statuses=("Starting", "Training", "Stopping", "MaxWaitTimeExceeded"),
        ),
        "TIME_LIMIT",
        "the time limit of 1 h",
    ),
    (ended("Deleting"), "INSTANCE_LOST", "stopped from outside"),
    (
        ended(
            "Failed",
            failure_reason="ClientError: Data download failed: No objects under s3://data/",
            secondary_statuses=("Starting", "Downloading", "Failed"),
        ),
        "LAUNCH_FAILED",
        "No objects under s3://data/",
    ),
    # What was stopped can fail in its upload.
    (
        ended(
            "Failed",
            failure_reason=UPLOAD,
            secondary_statuses=("Training", "Stopping", "Failed"),
            longest_runtime_seconds=590,
            training_seconds=600,
        ),
        "TIME_LIMIT",
        "the time limit of 1 h",
    ),
    (
        ended(
            "Failed",
            failure_reason=UPLOAD,
            secondary_statuses=("Training", "Stopping", "Failed"),
            longest_runtime_seconds=3_000,
            training_seconds=600,
        ),
        "INSTANCE_LOST",
        "stopped from outside; SageMaker says: ClientError: Artifact upload failed",
    ),
    (
        ended(
            "Failed", failure_reason=ALGORITHM, longest_runtime_seconds=590, training_seconds=600
        ),
        "SCRIPT_FAILED",
        "status 3",
    ),
]


def decided(found: TrainingJob | None, reported_state: str | None = None, **limits: Any) -> Any:
    given = some_limits(**limits)
    seen = observation_of(found, LAUNCHED_AT, reported_state, given, ("the last line",))
    return decide(given, seen, after(700))


@pytest.mark.parametrize(
    ("found", "reason", "cause"), ENDS, ids=lambda one: getattr(one, "status", None)
)
def test_each_end_has_its_reason(found: TrainingJob, reason: str, cause: str) -> None:
    decision = decided(found)
    assert (decision.reason, cause in decision.cause) == (reason, True), decision.cause


def test_a_failed_script_is_named_with_the_end_of_its_log() -> None:
    assert "the last line" in decided(ended("Failed", failure_reason=ALGORITHM)).cause


def test_only_a_status_that_sagemaker_names_is_said_to_be_that_of_the_script() -> None:
    cause = decided(ended("Failed", failure_reason="ClientError: Artifact upload failed")).cause
    assert "Artifact upload failed" in cause
    assert "exited with status" not in cause


def test_a_job_that_reaches_the_longest_time_of_its_account_says_so() -> None:
    found = ended("Stopped", "MaxRuntimeExceeded", longest_runtime_seconds=432_000)
    decision = decided(found, time_limit_seconds=None)
    assert (decision.reason, "longest run time, 5 d" in decision.cause) == ("TIME_LIMIT", True)
    decision = decided(found, time_limit_seconds=None, cost_limit_seconds=800, cost_limit_usd="1")
    assert decision.reason == "COST_LIMIT"


@pytest.mark.parametrize("found", [None, ended("Stopped", started_at=None, ended_at=None)])
def test_a_training_job_that_is_gone_or_never_ran_is_lost(found: TrainingJob | None) -> None:
    assert decided(found).reason == "INSTANCE_LOST"


@pytest.mark.parametrize("secondary", ["Downloading", "Training", "Interrupted", "Uploading"])
def test_a_job_in_progress_goes_on(secondary: str) -> None:
    assert decided(a_training_job(secondary_status=secondary)).reason is None


def test_an_event_that_is_ahead_of_the_api_leads_to_another_check() -> None:
    limits = some_limits()
    seen = observation_of(a_training_job(), LAUNCHED_AT, "Completed", limits)
    assert seen.machine is MachineState.ENDING
    assert decide(limits, seen, after(700)).reason is None


def test_metrics_that_sagemaker_found_are_in_the_report() -> None:
    metrics = (Metric("loss", 0.25, after(500)),)
    report = exit_report_of(ended("Completed", metrics=metrics), some_limits())
    assert report is not None
    assert report.metrics == {
        "loss": {"value": 0.25, "step": None, "at": "2026-11-20T12:08:20.000Z"}
    }
