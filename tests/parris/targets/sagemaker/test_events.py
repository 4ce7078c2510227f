"""What an event of a training job wakes."""

import pytest

from parris.payloads import Payload, part_of
from parris.targets.sagemaker.events import change_in
from parris.waits import Cause

NAME = "iris-0123456789abcdef"


def event(status: str, secondary: str, name: str = NAME, source: str = "aws.sagemaker") -> Payload:
    detail: Payload = {
        "TrainingJobName": name,
        "TrainingJobStatus": status,
        "SecondaryStatus": secondary,
    }
    return {"source": source, "detail": detail}


@pytest.mark.parametrize(
    ("status", "secondary", "cause", "state"),
    [
        ("InProgress", "Downloading", Cause.LAUNCHED, None),
        ("InProgress", "Training", Cause.LAUNCHED, None),
        ("Stopping", "Stopping", Cause.MACHINE_ENDING, "Stopping"),
        ("Completed", "Completed", Cause.MACHINE_OVER, "Completed"),
        ("Failed", "Failed", Cause.MACHINE_OVER, "Failed"),
        ("Stopped", "MaxRuntimeExceeded", Cause.MACHINE_OVER, "Stopped"),
    ],
)
def test_an_event_says_what_has_changed(
    status: str, secondary: str, cause: Cause, state: str | None
) -> None:
    change = change_in(event(status, secondary))
    assert change is not None
    assert (change.cause, change.machine_id, change.state) == (cause, NAME, state)


def test_an_event_names_the_job_before_anything_has_recorded_the_training_job() -> None:
    short = change_in(event("InProgress", "Training"))
    assert short is not None
    assert (short.training_job_name, short.launch_id) == ("iris", NAME)
    tagged = event("InProgress", "Training")
    part_of(tagged, "detail")["Tags"] = {"parris:job": "a-name-that-was-cut"}
    change = change_in(tagged)
    assert change is not None
    assert change.training_job_name == "a-name-that-was-cut"


@pytest.mark.parametrize(
    "other",
    [
        event("InProgress", "Starting"),
        event("Hibernating", "Starting"),
        event("Completed", "Completed", name="of-somebody-else"),
        event("Completed", "Completed", source="aws.ec2"),
        {"source": "aws.sagemaker", "detail": {}},
    ],
)
def test_other_events_are_about_no_job(other: Payload) -> None:
    assert change_in(other) is None


def test_a_launch_that_has_not_seen_its_training_job_is_found_by_the_jobs_name() -> None:
    found = event("InProgress", "Downloading")
    found["detail"] = {**part_of(found, "detail"), "Tags": {"parris:job": "iris"}}
    change = change_in(found)
    assert change is not None
    assert (change.training_job_name, change.launch_id) == ("iris", NAME)
