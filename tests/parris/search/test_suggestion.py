from decimal import Decimal

import pytest

from parris.payloads import Payload
from parris.reasons import EndReason
from parris.sweeps.config import SweepConfig
from parris.sweeps.suggestion import observations, suggest_parameters
from parris.sweeps.trial import Trial, TrialStatus

CONFIG: Payload = {
    "sweep-name": "iris",
    "training": {},
    "parameters": {"rate": {"type": "float", "minimum": 0, "maximum": 1}},
    "search": {"method": "thompson", "seed": 3},
    "goal": {"metric": "accuracy", "direction": "maximize"},
    "budget": {"cost-limit": 5},
    "trials": 30,
}
SWEEP = SweepConfig.from_payload(CONFIG)


def ended(number: int, rate: float, value: float | None, reason: str = "COMPLETED") -> Trial:
    status = TrialStatus.SUCCEEDED if reason == "COMPLETED" else TrialStatus.FAILED
    return Trial(
        number=number,
        status=status,
        parameters={"rate": rate},
        runs=1,
        settled=1,
        spent_usd=Decimal("0.1"),
        value=value,
        reason=reason,
    )


def running(number: int, rate: float) -> Trial:
    parameters: Payload = {"rate": rate}
    return Trial(number=number, status=TrialStatus.RUNNING, parameters=parameters, runs=1)


def test_a_metric_to_be_maximized_is_learnt_with_the_other_sign() -> None:
    [learnt] = observations([ended(0, 0.5, 0.9)], is_maximized=True)
    assert (learnt.parameters, learnt.value) == ({"rate": 0.5}, -0.9)
    [learnt] = observations([ended(0, 0.5, 0.9)], is_maximized=False)
    assert learnt.value == 0.9


@pytest.mark.parametrize(
    ("reason", "counts"),
    [
        (EndReason.COMPLETED, True),  # it printed no metric
        (EndReason.SCRIPT_FAILED, True),
        (EndReason.STOPPED_EARLY, True),  # it printed NaN
        (EndReason.NO_IMPROVEMENT, True),
        (EndReason.NO_CAPACITY, False),
        (EndReason.INSTANCE_LOST, False),
        (EndReason.LAUNCH_FAILED, False),
        (EndReason.TIME_LIMIT, False),
    ],
)
def test_a_trial_without_a_value_is_a_bad_one_only_where_its_script_ended(
    reason: EndReason, counts: bool
) -> None:
    learnt = observations([ended(0, 0.5, None, reason)], is_maximized=False)
    assert [one.value for one in learnt] == ([None] if counts else [])


def test_what_runs_is_not_learnt_from() -> None:
    assert observations([running(0, 0.5)], is_maximized=False) == []


def test_the_next_trial_is_near_the_best_and_where_no_other_is() -> None:
    trials = [ended(at, at / 9, -((at / 9 - 0.4) ** 2)) for at in range(10)] + [running(10, 0.41)]
    chosen = suggest_parameters(SWEEP, 11, trials)
    assert chosen["rate"] == pytest.approx(0.4, abs=0.15)
    assert chosen["rate"] != 0.41


def test_a_trial_keeps_the_parameters_that_it_has() -> None:
    assert suggest_parameters(SWEEP, 10, [ended(0, 0.1, 1.0), running(10, 0.77)]) == {"rate": 0.77}


def test_a_trial_that_failed_is_a_bad_one_however_good_its_last_value_was() -> None:
    learnt = observations([ended(0, 0.5, 0.001, EndReason.SCRIPT_FAILED)], is_maximized=False)
    assert [one.value for one in learnt] == [None]
    assert observations([ended(0, 0.5, 0.001, EndReason.INSTANCE_LOST)], is_maximized=False) == []
