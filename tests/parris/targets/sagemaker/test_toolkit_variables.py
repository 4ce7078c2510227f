"""The variables SM_* that a request sets."""

import json

from parris.targets.sagemaker.toolkit_variables import toolkit_variables


def test_folders_channels_and_hyperparameters_are_variables() -> None:
    found = toolkit_variables(
        ["train", "code"], {"learning-rate": 0.1, "name": "digits", "early": True}, ["-v"], 1, 100
    )

    assert found["SM_MODEL_DIR"] == "/opt/ml/model"
    assert found["SM_CHANNEL_TRAIN"] == "/opt/ml/input/data/train"
    assert json.loads(found["SM_CHANNELS"]) == ["code", "train"]
    assert found["SM_HP_LEARNING_RATE"] == "0.1"
    assert found["SM_HP_NAME"] == "digits"
    assert found["SM_HP_EARLY"] == "true"
    assert json.loads(found["SM_USER_ARGS"]) == ["-v"]
    assert found["SM_HOSTS"] == '["algo-1"]'


def test_a_host_of_several_finds_its_own_name_in_resourceconfig_only() -> None:
    found = toolkit_variables([], {}, [], 2, 100)

    assert found["SM_HOST_COUNT"] == "2"
    assert not {"SM_CURRENT_HOST", "SM_HOSTS"} & set(found)


def test_what_sagemaker_would_refuse_is_left_out() -> None:
    found = toolkit_variables(["a b"], {"long": "x" * 513, "fits": "x" * 512}, [], 1, 100)

    assert "SM_HP_LONG" not in found and "SM_HPS" not in found
    assert "SM_HP_FITS" in found
    assert "SM_CHANNEL_A B" not in found
    many = {f"p{number}": number for number in range(200)}
    assert len(toolkit_variables([], many, [], 1, 97)) == 97
    assert toolkit_variables([], many, [], 1, -1) == {}
