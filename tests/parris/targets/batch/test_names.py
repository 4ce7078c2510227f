"""The names of Batch jobs and of their definitions."""

import pytest

from parris.targets.batch.names import batch_job_name, definition_name, is_name
from tests.parris.targets.batch.builders import a_batch_job


@pytest.mark.parametrize("name", ["iris", "-iris-", "-", "x" * 100, "-" * 100])
def test_every_name_of_a_job_makes_a_name_that_batch_takes(name: str) -> None:
    job = a_batch_job(training_job_name=name)
    for made in (batch_job_name(job), definition_name(job)):
        assert is_name(made)
        assert len(made) <= 128


def test_each_attempt_has_a_name_of_its_own_and_a_run_one_definition() -> None:
    first, second = a_batch_job(), a_batch_job(attempt=1)
    assert batch_job_name(first) != batch_job_name(second)
    assert definition_name(first) == definition_name(second)
