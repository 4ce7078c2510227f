"""What the role of a job may do: its own files and inputs, nothing of another job."""

from typing import Any, cast

from parris.targets.sagemaker.job_role import policy_of, trust_of
from parris.targets.sagemaker.names import run_name, training_job_name
from parris.targets.sagemaker.spec import InputChannel
from tests.builders import BUCKET
from tests.parris.targets.sagemaker.builders import a_sagemaker_job, a_spec, some_settings

CHANNELS = (InputChannel("train", "s3://data/train"),)


def statements(**changes: Any) -> list[dict[str, Any]]:
    job = a_sagemaker_job(a_spec(channels=CHANNELS))
    found = policy_of(job, some_settings(**changes))
    return cast("list[dict[str, Any]]", found["Statement"])


def allowed(action: str, **changes: Any) -> set[str]:
    found = [one for one in statements(**changes) if action in one["Action"]]
    resources = [one["Resource"] for one in found]
    return {arn for one in resources for arn in (one if isinstance(one, list) else [one])}


def test_a_job_writes_its_own_results_and_checkpoints_only() -> None:
    job = a_sagemaker_job()
    name, machines = training_job_name(job), f"arn:aws:s3:::{BUCKET}/machines"
    assert allowed("s3:PutObject") == {
        f"{machines}/{name}/results/{name}/*",
        f"{machines}/{run_name(job)}/checkpoints/*",
    }


def test_a_job_reads_its_code_its_inputs_and_shared_folders() -> None:
    name = training_job_name(a_sagemaker_job())
    found = allowed("s3:GetObject", shared_folders=("team",), input_buckets=("others",))
    assert {
        f"arn:aws:s3:::{BUCKET}/steering/{name}/*",
        "arn:aws:s3:::data/train*",
        f"arn:aws:s3:::{BUCKET}/team/*",
        "arn:aws:s3:::others/*",
    } < found
    assert f"arn:aws:s3:::{BUCKET}/*" not in found


def test_a_job_pulls_its_own_image_only() -> None:
    assert allowed("ecr:BatchGetImage") == {"arn:*:ecr:us-east-1:123456789012:repository/training"}


def test_only_sagemaker_for_this_account_assumes_the_role() -> None:
    (statement,) = cast("list[dict[str, Any]]", trust_of(some_settings())["Statement"])
    assert statement["Principal"] == {"Service": "sagemaker.amazonaws.com"}
    assert statement["Condition"] == {"StringEquals": {"aws:SourceAccount": "123456789012"}}
