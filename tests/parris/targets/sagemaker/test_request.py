"""What is requested of CreateTrainingJob, checked with AWS's own model of the request."""

from typing import Any, cast

import pytest
from botocore.session import get_session
from botocore.validate import ParamValidator

from parris.job import Job, UserFile
from parris.tags import EXECUTION_TAG
from parris.targets.sagemaker.command import start_script
from parris.targets.sagemaker.request import creation_request
from parris.targets.sagemaker.spec import InputChannel, InstanceGroup
from tests.builders import BUCKET, EXECUTION_ARN, some_limits
from tests.parris.targets.sagemaker.builders import a_sagemaker_job, a_spec

_MODEL = get_session().get_service_model("sagemaker")
ROLE = "arn:aws:iam::123456789012:role/parris/parris/us-east-1/parris.iris-0123456789abcdef"
EVERYTHING = a_spec(
    instance_type="",
    instance_groups=(
        InstanceGroup("gpu", "ml.g5.xlarge", 1),
        InstanceGroup("cpu", "ml.m5.large", 2),
    ),
    channels=(
        InputChannel("train", "s3://data/train/"),
        InputChannel("test", "s3://data/test/", "text/csv", "Pipe", "Gzip", "ShardedByS3Key"),
    ),
    output_uri="s3://results/here/",
    checkpoint_uri="s3://results/checkpoints/",
    subnet_ids=("subnet-1",),
    security_group_ids=("sg-1",),
    has_network_isolation=True,
    keep_alive_seconds=600,
    retry_attempts=3,
    pending_timeout_seconds=7200,
    tags={"team": "a"},
    arguments=("--verbose",),
)


def requested(job: Job) -> dict[str, Any]:
    request = cast("dict[str, Any]", creation_request(job, ROLE))
    shape = _MODEL.operation_model("CreateTrainingJob").input_shape
    assert shape is not None
    report = ParamValidator().validate(request, shape)
    assert not report.has_errors(), report.generate_report()
    return request


def test_a_plain_job_requests_what_it_needs() -> None:
    found = requested(a_sagemaker_job(hyperparameters={"epochs": 3, "name": "x"}))
    name = found["TrainingJobName"]
    assert found["RoleArn"] == ROLE
    algorithm = found["AlgorithmSpecification"]
    assert algorithm["ContainerEntrypoint"] == ["bash", "/opt/ml/input/data/code/train.sh"]
    assert algorithm["ContainerArguments"] == ["--epochs", "3", "--name", "x"]
    assert found["HyperParameters"] == {"epochs": "3", "name": "x"}
    (code,) = found["InputDataConfig"]
    assert code["DataSource"]["S3DataSource"]["S3Uri"] == f"s3://{BUCKET}/steering/{name}/"
    results = f"s3://{BUCKET}/machines/{name}/results/"
    assert found["OutputDataConfig"]["S3OutputPath"] == results
    assert {"Key": EXECUTION_TAG, "Value": EXECUTION_ARN} in found["Tags"]
    assert not found["EnableManagedSpotTraining"]


def test_an_image_that_holds_everything_runs_as_it_is() -> None:
    job = a_sagemaker_job(a_spec(arguments=("train",)), script=None, hyperparameters={"epochs": 3})
    found = requested(job)
    algorithm = found["AlgorithmSpecification"]
    assert "ContainerEntrypoint" not in algorithm
    assert algorithm["ContainerArguments"] == ["train"]
    assert "InputDataConfig" not in found
    assert found["HyperParameters"] == {"epochs": "3"}
    config = UserFile("training.yaml", f"s3://{BUCKET}/training.yaml", "0" * 64)
    uri = f"s3://{BUCKET}/experiments/iris/"
    (channel,) = requested(
        a_sagemaker_job(script=None, training_config=config, experiment_uri=uri)
    )["InputDataConfig"]
    assert channel["ChannelName"] == "config"


def test_everything_that_a_config_can_say_is_requested() -> None:
    found = requested(a_sagemaker_job(EVERYTHING, metrics={"loss": "loss=([0-9.]+)"}))
    assert found["ResourceConfig"]["KeepAlivePeriodInSeconds"] == 600
    assert len(found["ResourceConfig"]["InstanceGroups"]) == 2
    assert "InstanceType" not in found["ResourceConfig"]
    assert [one["ChannelName"] for one in found["InputDataConfig"]] == ["code", "train", "test"]
    assert found["InputDataConfig"][2]["CompressionType"] == "Gzip"
    assert found["OutputDataConfig"]["S3OutputPath"] == "s3://results/here/"
    assert found["VpcConfig"] == {"Subnets": ["subnet-1"], "SecurityGroupIds": ["sg-1"]}
    assert found["EnableNetworkIsolation"]
    assert found["RetryStrategy"] == {"MaximumRetryAttempts": 3}
    assert found["StoppingCondition"]["MaxPendingTimeInSeconds"] == 7200
    assert {"Key": "team", "Value": "a"} in found["Tags"]
    assert found["AlgorithmSpecification"]["MetricDefinitions"] == [
        {"Name": "loss", "Regex": "loss=([0-9.]+)"}
    ]


def test_a_spot_job_waits_no_longer_than_its_limit() -> None:
    spec = a_spec(purchase_option="spot")
    found = requested(a_sagemaker_job(spec, limits=some_limits(time_limit_seconds=7200)))
    condition = found["StoppingCondition"]
    assert found["EnableManagedSpotTraining"]
    assert condition["MaxRuntimeInSeconds"] <= condition["MaxWaitTimeInSeconds"] <= 7200


@pytest.mark.parametrize("time_limit_seconds", [None, 600, 3600])
def test_the_run_time_is_always_limited(time_limit_seconds: int | None) -> None:
    limits = some_limits(time_limit_seconds=time_limit_seconds)
    condition = requested(a_sagemaker_job(limits=limits))["StoppingCondition"]
    assert 0 < condition["MaxRuntimeInSeconds"] < (time_limit_seconds or 10**7)


def test_code_is_unpacked_by_a_script_that_becomes_the_training_script() -> None:
    archive = UserFile("code.tar.gz", f"s3://{BUCKET}/code.tar.gz", "0" * 64)
    script = UserFile("train.py", f"s3://{BUCKET}/train.py", "0" * 64)
    job = a_sagemaker_job(code=archive, script=script, script_folder="my src")
    entrypoint = requested(job)["AlgorithmSpecification"]["ContainerEntrypoint"]
    assert entrypoint == ["/bin/sh", "/opt/ml/input/data/code/parris-start.sh"]
    lines = start_script(job).splitlines()
    assert "cd \"$base\"/'code/my src'" in lines
    assert lines[-1] == 'exec python3 train.py "$@"'


def test_an_own_entrypoint_gets_no_arguments_but_its_own() -> None:
    spec = a_spec(entrypoint=("python", "-m", "mine"), arguments=("--fast",))
    found = requested(a_sagemaker_job(spec, hyperparameters={"epochs": 3}))
    algorithm = found["AlgorithmSpecification"]
    assert algorithm["ContainerEntrypoint"] == ["python", "-m", "mine"]
    assert algorithm["ContainerArguments"] == ["--fast"]
    assert found["HyperParameters"] == {"epochs": "3"}


def test_hyperparameters_that_are_too_long_for_arguments_are_only_in_the_file() -> None:
    found = requested(a_sagemaker_job(hyperparameters={"text": "x" * 300}))
    assert "ContainerArguments" not in found["AlgorithmSpecification"]
    assert found["HyperParameters"] == {"text": "x" * 300}


def test_scripts_for_sagemaker_find_their_variables_and_the_configs_own_win() -> None:
    channels = (InputChannel("train", "s3://data/train/"),)
    job = a_sagemaker_job(
        a_spec(channels=channels),
        hyperparameters={"learning-rate": 0.1},
        environment={"SM_LOG_LEVEL": "10", "SM_MODEL_DIR": "/srv/model"},
    )
    found = requested(job)["Environment"]
    assert found["SM_CHANNEL_TRAIN"] == "/opt/ml/input/data/train"
    assert found["SM_HP_LEARNING_RATE"] == "0.1"
    assert found["SM_LOG_LEVEL"] == "10"
    assert found["SM_MODEL_DIR"] == "/srv/model"
    many = {f"NAME_{number}": "1" for number in range(95)}
    assert len(requested(a_sagemaker_job(environment=many))["Environment"]) == 100
