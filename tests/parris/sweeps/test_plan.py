"""The configs of trials."""

import pytest

from parris.payloads import Payload
from parris.sweeps.config import SweepConfig
from parris.sweeps.names import TrialName
from parris.sweeps.plan import trial_config
from parris.sweeps.trial_goal import goal_for_trials

NAME = TrialName("iris-1", 7, 0)


@pytest.mark.parametrize(
    ("training", "kinds"), [({}, []), ({"notify": ["ended"]}, ["ended"]), ({"notify": []}, [])]
)
def test_a_trial_sends_no_mail_unless_the_training_asks_for_it(
    training: Payload, kinds: list[str]
) -> None:
    assert trial_config(training, NAME, {}, {})["notify"] == kinds


def test_the_hyperparameters_of_a_trial_go_over_those_of_the_training() -> None:
    training: Payload = {"hyperparameters": {"depth": 1, "epochs": 5}}
    found = trial_config(training, NAME, {"depth": 3}, {})
    assert found["hyperparameters"] == {"depth": 3, "epochs": 5}
    assert found["training-job-name"] == NAME.training_job_name


@pytest.mark.parametrize(
    ("keys", "goal"),
    [
        ({}, None),
        (
            {"goal": {"metric": "loss", "direction": "minimize"}},
            {"metric": "loss", "direction": "minimize"},
        ),
        (
            {
                "goal": {"metric": "accuracy", "direction": "maximize"},
                "early-stopping": {"minimum-reports": 7, "reduction-factor": 50},
            },
            {
                "metric": "accuracy",
                "direction": "maximize",
                "reduction-factor": 50,
                "rungs": [7, 350, 17_500, 875_000, 43_750_000],
            },
        ),
    ],
)
def test_a_trial_knows_the_goal_of_its_sweep_and_when_it_is_compared(
    keys: Payload, goal: Payload | None
) -> None:
    sweep: Payload = {"sweep-name": "iris", "training": {}, "budget": {"cost-limit": 1}, **keys}
    config = SweepConfig.from_payload(sweep)
    assert trial_config({}, NAME, {}, goal_for_trials(config)).get("sweep-goal") == goal
