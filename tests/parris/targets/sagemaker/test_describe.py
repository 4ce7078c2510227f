"""What people and the command learn about a training job from its name alone."""

from parris.resource import LogPlace
from parris.targets.sagemaker.describe import describe
from parris.targets.sagemaker.names import role_name, training_job_name
from tests.parris.targets.sagemaker.builders import a_sagemaker_job


def test_the_log_of_a_training_job_is_in_sagemakers_own_streams() -> None:
    job = a_sagemaker_job()
    name = training_job_name(job)

    guide = describe(job, [name, role_name(job)])

    assert guide.logs == (LogPlace("/aws/sagemaker/TrainingJobs", f"{name}/"),)
    assert [one.resource_id for one in guide.resources] == [name, role_name(job)]
