"""What the statuses and reasons of Batch mean, and what has a name that Parris could have given."""

import pytest

from parris.errors import MachineStateUnknownError
from parris.policy import MachineState
from parris.targets.batch.failures import Failure, failure_of, reason_text
from parris.targets.batch.names import (
    batch_job_name,
    definition_name,
    is_definition_id,
    is_job_id,
    is_name,
)
from parris.targets.batch.status import LIVING_STATUSES, is_known, is_living, state_of
from tests.parris.targets.batch.builders import a_batch_job
from tests.parris.targets.batch.described_jobs import JOB_ID


def test_every_status_has_a_meaning_and_an_unknown_one_is_an_error() -> None:
    states = {
        "SUBMITTED": MachineState.STARTING,
        "PENDING": MachineState.STARTING,
        "RUNNABLE": MachineState.STARTING,
        "STARTING": MachineState.STARTING,
        "RUNNING": MachineState.RUNNING,
        "SUCCEEDED": MachineState.OVER,
        "FAILED": MachineState.OVER,
    }
    assert {one: state_of(one) for one in states} == states
    assert {one for one in states if is_living(one)} == set(LIVING_STATUSES)
    with pytest.raises(MachineStateUnknownError, match="SCHEDULED"):
        state_of("SCHEDULED")
    assert (is_known("SCHEDULED"), is_living("SCHEDULED")) == (False, True)


@pytest.mark.parametrize(
    ("status_reason", "container_reason", "failure"),
    [
        ("CAPACITY:INSUFFICIENT_INSTANCE_CAPACITY - Service cannot", "", Failure.CAPACITY),
        ("MISCONFIGURATION:JOB_RESOURCE_REQUIREMENT - The job", "", Failure.MISCONFIGURATION),
        ("Host EC2 (instance i-0123456789abcdef0) terminated.", "", Failure.MACHINE_LOST),
        ("Your Spot Task was interrupted.", "", Failure.INTERRUPTED),
        ("Job attempt duration exceeded timeout", "", Failure.TIMEOUT),
        ("Essential container in task exited", "", Failure.CONTAINER),
        (
            "Essential container in task exited",
            "OutOfMemoryError: Container killed due to memory usage",
            Failure.OUT_OF_MEMORY,
        ),
        ("Task failed to start", "CannotPullContainerError: not found", Failure.NOT_STARTED),
        ("Parris ended the job", "", Failure.TERMINATED),
        ("", "", Failure.UNKNOWN),
    ],
)
def test_each_reason_says_what_has_happened(
    status_reason: str, container_reason: str, failure: Failure
) -> None:
    assert failure_of(status_reason, container_reason) is failure


def test_both_reasons_are_shown_each_once() -> None:
    assert reason_text("Task failed to start", " no image ") == "Task failed to start; no image"
    assert reason_text("gone", "gone") == "gone"


def test_names_say_which_launch_and_which_run() -> None:
    first, long = a_batch_job(), a_batch_job(training_job_name="x" * 100)
    assert is_name(batch_job_name(first))
    assert len(batch_job_name(long)) <= 128
    assert batch_job_name(first) == batch_job_name(a_batch_job())
    assert batch_job_name(first) != batch_job_name(a_batch_job(attempt=1))
    assert definition_name(first) == definition_name(a_batch_job(attempt=1))
    assert definition_name(first) != definition_name(a_batch_job(execution_arn="another"))
    assert is_definition_id(f"{definition_name(first)}:1")
    assert not is_definition_id(definition_name(first))
    assert is_job_id(JOB_ID)
    assert not is_job_id("iris-0123456789abcdef")
    assert not is_name("nightly-report")
