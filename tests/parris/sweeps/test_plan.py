"""The configs of trials."""

import pytest

from parris.payloads import Payload
from parris.sweeps.names import TrialName
from parris.sweeps.plan import trial_config

NAME = TrialName("iris-1", 7, 0)


@pytest.mark.parametrize(
    ("training", "kinds"), [({}, []), ({"notify": ["ended"]}, ["ended"]), ({"notify": []}, [])]
)
def test_a_trial_sends_no_mail_unless_the_training_asks_for_it(
    training: Payload, kinds: list[str]
) -> None:
    assert trial_config(training, NAME, {})["notify"] == kinds


def test_the_hyperparameters_of_a_trial_go_over_those_of_the_training() -> None:
    training: Payload = {"hyperparameters": {"depth": 1, "epochs": 5}}
    found = trial_config(training, NAME, {"depth": 3})
    assert found["hyperparameters"] == {"depth": 3, "epochs": 5}
    assert found["training-job-name"] == NAME.training_job_name
