"""What SageMaker's containers read about their job: files and variables, without a process."""

import json
from pathlib import Path

import pytest

from embedded_aws.local_container.config_files import input_data_config, write_config_files
from embedded_aws.local_container.entry import find_script, relocate
from embedded_aws.local_container.training_request import TrainingRequest
from embedded_aws.local_container.variables import job_variables
from embedded_aws_helpers.containers import SCRIPT, training_request

GROUPS = {
    "VolumeSizeInGB": 30,
    "InstanceGroups": [
        {"InstanceGroupName": "gpu", "InstanceType": "ml.g5.xlarge", "InstanceCount": 1},
        {"InstanceGroupName": "data", "InstanceType": "ml.c5.large", "InstanceCount": 2},
    ],
}


def variables_of(host: str = "algo-1", script: str = "", **more: object) -> dict[str, str]:
    return job_variables(TrainingRequest.parse(training_request(**more)), host, "/opt/ml", script)


def test_every_hyperparameter_is_a_string_in_its_file(tmp_path: Path) -> None:
    hyperparameters = {"learning-rate": "0.1", "layers": "[1, 2]", "name": "digits"}
    request = TrainingRequest.parse(training_request(HyperParameters=hyperparameters))

    write_config_files(request, "algo-1", tmp_path / "config")

    assert json.loads((tmp_path / "config/hyperparameters.json").read_text()) == hyperparameters
    assert not (tmp_path / "config" / "checkpointconfig.json").exists()


def test_the_resource_config_lists_hosts_and_groups(tmp_path: Path) -> None:
    request = TrainingRequest.parse(training_request(ResourceConfig=GROUPS))

    write_config_files(request, "algo-2", tmp_path)

    assert json.loads((tmp_path / "resourceconfig.json").read_text()) == {
        "current_host": "algo-2",
        "current_instance_type": "ml.c5.large",
        "current_group_name": "data",
        "hosts": ["algo-1", "algo-2", "algo-3"],
        "instance_groups": [
            {
                "instance_group_name": "gpu",
                "instance_type": "ml.g5.xlarge",
                "hosts": ["algo-1"],
            },
            {
                "instance_group_name": "data",
                "instance_type": "ml.c5.large",
                "hosts": ["algo-2", "algo-3"],
            },
        ],
        "network_interface_name": "eth0",
    }


def test_channels_have_their_mode_distribution_and_content_type() -> None:
    source = {"S3DataSource": {"S3DataDistributionType": "ShardedByS3Key"}}
    channels = [
        {"ChannelName": "train", "ContentType": "text/csv", "DataSource": source},
        {"ChannelName": "test", "InputMode": "FastFile", "DataSource": {}},
    ]
    request = TrainingRequest.parse(training_request(InputDataConfig=channels))

    assert input_data_config(request) == {
        "train": {
            "TrainingInputMode": "File",
            "S3DistributionType": "ShardedByS3Key",
            "RecordWrapperType": "None",
            "ContentType": "text/csv",
        },
        "test": {
            "TrainingInputMode": "FastFile",
            "S3DistributionType": "FullyReplicated",
            "RecordWrapperType": "None",
        },
    }


def test_hyperparameters_are_variables_in_both_dialects_and_arguments() -> None:
    found = variables_of(
        HyperParameters={
            "learning-rate": "0.1",
            "early": "true",
            "name": "digits",
            "e": "3",
            "sagemaker_program": '"train.py"',
        }
    )

    assert found["SM_HP_LEARNING-RATE"] == found["SM_HP_LEARNING_RATE"] == "0.1"
    assert found["SM_HP_NAME"] == "digits"
    assert json.loads(found["SM_HPS"]) == {
        "learning-rate": 0.1,
        "early": True,
        "name": "digits",
        "e": 3,
    }
    arguments = ["-e", "3", "--early", "True", "--learning-rate", "0.1", "--name", "digits"]
    assert sorted(json.loads(found["SM_USER_ARGS"])) == sorted(arguments)
    assert "SM_HP_SAGEMAKER_PROGRAM" not in found


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SM_MODEL_DIR", "/opt/ml/model"),
        ("SM_INPUT_DIR", "/opt/ml/input"),
        ("SM_INPUT_CONFIG_DIR", "/opt/ml/input/config"),
        ("SM_OUTPUT_DATA_DIR", "/opt/ml/output/data"),
        ("SM_OUTPUT_FAILURE", "/opt/ml/output/failure"),
        ("SM_CHANNELS", '["code"]'),
        ("SM_CHANNEL_CODE", "/opt/ml/input/data/code"),
        ("SM_SOURCE_DIR", "/opt/ml/input/data/code"),
        ("SM_ENTRY_SCRIPT", "train.py"),
        ("SM_USER_ENTRY_POINT", "train.py"),
        ("SM_MODULE_NAME", "train"),
        ("SM_HOSTS", '["algo-1"]'),
        ("SM_HOST_COUNT", "1"),
        ("SM_CURRENT_HOST", "algo-1"),
        ("SM_CURRENT_HOST_RANK", "0"),
        ("SM_CURRENT_INSTANCE_TYPE", "ml.m5.large"),
        ("SM_CURRENT_INSTANCE_GROUP", "homogeneousCluster"),
        ("SM_MASTER_ADDR", "algo-1"),
        ("SM_MASTER_PORT", "7777"),
        ("SM_LOG_LEVEL", "20"),
    ],
)
def test_a_variable_of_the_toolkits(name: str, value: str) -> None:
    assert variables_of(script=SCRIPT)[name] == value


def test_the_environment_of_the_training_is_one_variable_too() -> None:
    found = json.loads(variables_of(HyperParameters={"epochs": "3"})["SM_TRAINING_ENV"])

    assert found["hyperparameters"] == {"epochs": 3}
    assert found["channel_input_dirs"] == {"code": "/opt/ml/input/data/code"}
    assert found["model_dir"] == "/opt/ml/model"


def test_one_of_several_hosts_has_its_rank_and_its_own_output() -> None:
    found = variables_of("algo-3", ResourceConfig=GROUPS)

    assert found["SM_CURRENT_HOST_RANK"] == "2"
    assert found["SM_OUTPUT_DATA_DIR"] == "/opt/ml/output/data/algo-3"
    assert found["SM_IS_HETERO"] == "true"


@pytest.mark.parametrize(
    ("text", "relocated"),
    [
        ("/opt/ml/model", "/job/model"),
        ("--out=/opt/ml", "--out=/job"),
        ("cd /opt/ml && ls /opt/ml/code", "cd /job && ls /job/code"),
        ("/opt/mlflow", "/opt/mlflow"),
        ("/srv/opt/ml/x", "/srv/opt/ml/x"),
    ],
)
def test_a_path_below_opt_ml_is_relocated(text: str, relocated: str) -> None:
    assert relocate(text, "/job") == relocated


@pytest.mark.parametrize(
    "command",
    [
        ["python3", "/opt/ml/input/data/code/train.py"],
        ["/bin/sh", "-c", 'cd /opt/ml/input/data/code && exec python3 train.py "$@"'],
        ["python3", "./train.py", "--config=/opt/ml/input/data/code/none.py"],
    ],
)
def test_the_script_is_found_in_the_command_line(command: list[str], tmp_path: Path) -> None:
    file = tmp_path / "input" / "data" / "code" / "train.py"
    file.parent.mkdir(parents=True)
    file.touch()

    assert find_script(command, tmp_path) == (SCRIPT, file)
    assert find_script(["train"], tmp_path) is None
