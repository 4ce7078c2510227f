"""A sweep as its record describes it."""

from random import Random

import pytest

from parris.payloads import Json, Payload
from parris.sweeps.trial import TrialStatus
from parris_cli.sweeps.view import SweepView
from tests.parris_cli.sweeps.records import record_of_trials, trial


@pytest.mark.parametrize("direction", ["minimize", "maximize"])
def test_the_best_trial_has_the_best_value_and_those_without_one_come_last(direction: str) -> None:
    record = record_of_trials(20)
    record["goal"] = {"metric": "loss", "direction": direction}
    sweep = SweepView.from_record(record)
    values = [trial.value for trial in sweep.ranked]
    found = [value for value in values if value is not None]
    assert found == sorted(found, reverse=direction == "maximize")
    assert values == [*found, *[None] * sweep.counts[TrialStatus.FAILED]]
    assert sweep.best is not None
    assert sweep.best.value == found[0]


def test_a_sweep_without_a_goal_has_no_best_trial_and_keeps_the_order() -> None:
    sweep = SweepView.from_record({**record_of_trials(5), "goal": None})
    assert sweep.best is None
    assert [trial.number for trial in sweep.ranked] == [0, 1, 2, 3, 4]


def test_parameters_of_a_list_are_found_in_its_trials() -> None:
    sweep = SweepView.from_record({**record_of_trials(2), "parameters": {}})
    assert sweep.parameter_names == ("learning-rate", "depth", "optimizer")


def test_a_failed_trial_is_never_the_best_whatever_its_value() -> None:
    failed = {**trial(Random(1), 0), "status": "failed", "value": 0.0}
    fine = trial(Random(1), 1)
    sweep = SweepView.from_record({**record_of_trials(1), "trials": [failed, fine]})
    assert sweep.best is not None
    assert [one.number for one in sweep.ranked] == [1, 0]
    alone = SweepView.from_record({**record_of_trials(1), "trials": [failed]})
    assert alone.best is None


@pytest.mark.parametrize("value", [float("nan"), float("inf"), 10**400, True, "0.5", None])
def test_what_is_no_finite_number_is_no_value(value: Json) -> None:
    only = {**trial(Random(1), 0), "value": value}
    assert SweepView.from_record({**record_of_trials(1), "trials": [only]}).best is None


def test_a_goal_that_no_trial_has_printed_is_missed() -> None:
    only: Payload = {**trial(Random(1), 0), "value": None, "metrics": {"lose": {"value": 1}}}
    missed = SweepView.from_record({**record_of_trials(1), "trials": [only]})
    assert (missed.is_goal_missed, missed.metric_names) == (True, ("lose",))
    assert not SweepView.from_record(record_of_trials(1)).is_goal_missed
    without = SweepView.from_record({**record_of_trials(1), "trials": [only], "goal": None})
    assert not without.is_goal_missed


def test_trials_to_come_are_not_over_yet() -> None:
    trials = [trial(Random(1), 0), {**trial(Random(1), 1), "status": "running"}]
    counts: Payload = {"succeeded": 1, "running": 1, "not-started": 10}
    sweep = SweepView.from_record({**record_of_trials(2), "trials": [*trials], "counts": counts})
    assert (sweep.over_count, sweep.trial_count) == (1, 12)
