"""The names of training jobs and of their roles."""

import dataclasses

import pytest

from parris.past_attempt import PastAttempt
from parris.targets.sagemaker.names import (
    is_name,
    is_role_name,
    name_start,
    role_name,
    run_name,
    training_job_name,
)
from tests.parris.targets.sagemaker.builders import a_sagemaker_job


@pytest.mark.parametrize("job_name", ["iris", "a", "x" * 100, "-" * 100, "ends-with-a-hyphen-" * 5])
def test_every_job_name_makes_names_that_aws_accepts(job_name: str) -> None:
    job = a_sagemaker_job(training_job_name=job_name)
    for name in (training_job_name(job), run_name(job)):
        assert is_name(name)
        assert len(name) <= 63
        assert name.startswith(name_start(job_name))
    assert is_role_name(role_name(job))
    assert len(role_name(job)) <= 64
    assert not is_name(role_name(job))


def test_every_launch_has_a_name_of_its_own_and_a_retry_the_same() -> None:
    job = a_sagemaker_job()
    past = PastAttempt(
        number=1,
        title="",
        reason="INSTANCE_LOST",
        cause="",
        ended_at="",
        started_at=None,
        launch_id=None,
        runtime_seconds=1,
        cost_usd=None,
        machine_id="",
        machine_prefix="",
        kept=(),
        keep_until=None,
        kept_usd_per_month=None,
    )
    again = dataclasses.replace(job, past_attempts=(past,))
    other_offer = dataclasses.replace(job, attempt=1)
    other_run = dataclasses.replace(job, execution_arn=f"{job.execution_arn}-2")
    launches = (job, again, other_offer, other_run)
    assert len({training_job_name(one) for one in launches}) == len(launches)
    assert training_job_name(job) == training_job_name(a_sagemaker_job())
    assert {run_name(one) for one in (job, again, other_offer)} == {run_name(job)}
    assert run_name(other_run) != run_name(job)


@pytest.mark.parametrize(
    "text", ["i-0123456789abcdeg", "vol-1", "", "iris", "arn:aws:iam::1:role/x"]
)
def test_ids_of_other_resources_are_no_names(text: str) -> None:
    assert not is_name(text)
    assert not is_role_name(text)
