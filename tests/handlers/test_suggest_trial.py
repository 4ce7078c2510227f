import json
from decimal import Decimal

import pytest

from parris.entrypoint import Deps
from parris.payloads import Payload, part_of
from parris.sweeps.settlement import Settlement
from parris.sweeps.sweep import Sweep
from parris.sweeps.trial import TrialRun, TrialStatus
from suggest_trial import run

CONFIG: Payload = {
    "sweep-name": "iris",
    "training": {},
    "parameters": {"rate": {"type": "float", "minimum": 0, "maximum": 1}},
    "search": {"method": "thompson"},
    "goal": {"metric": "loss", "direction": "minimize"},
    "budget": {"cost-limit": 5},
    "trials": 9,
}
SWEEP = Sweep(
    sweep_id="iris-1",
    sweep_name="iris",
    execution_arn="arn:aws:states:us-east-1:123456789012:execution:parris-sweep:iris-1",
    started_at="2031-05-01T12:00:00.000Z",
    cost_limit_usd=Decimal(5),
    worst_usd=Decimal(1),
    longest_seconds=3600,
    trials=9,
    config_key="sweeps/iris/iris-1/sweep.json",
)


@pytest.fixture
def sweep(deps: Deps) -> Deps:
    deps.aws.bucket.write(SWEEP.config_key, json.dumps(CONFIG).encode())
    assert deps.aws.sweeps_table.open(SWEEP)
    return deps


def suggested(deps: Deps, number: int) -> Payload:
    """Return what is suggested to a trial that is reserved, as the state machine does it."""
    run_of_trial = TrialRun(number, 0, "job", "arn", "2031-05-01T12:00:00.000Z")
    assert deps.aws.sweeps_table.reserve(SWEEP, run_of_trial)
    return part_of(run({"sweep_id": "iris-1", "number": number}, deps), "parameters")


def test_a_suggestion_is_recorded_and_a_repeated_call_returns_it_again(sweep: Deps) -> None:
    chosen = suggested(sweep, 0)
    assert 0 <= float(str(chosen["rate"])) <= 1
    trial = sweep.aws.sweeps_table.find_trial("iris-1", 0)
    assert trial is not None and trial.parameters == chosen
    assert suggested(sweep, 0) == chosen


def test_trials_are_suggested_from_the_values_of_those_before(sweep: Deps) -> None:
    table = sweep.aws.sweeps_table
    for number in range(8):
        rate = float(str(suggested(sweep, number)["rate"]))
        trial = table.find_trial("iris-1", number)
        assert trial is not None
        ended = Settlement(
            TrialStatus.SUCCEEDED, Decimal("0.1"), reason="COMPLETED", value=(rate - 0.7) ** 2
        )
        assert table.settle("iris-1", trial, ended)
    assert float(str(suggested(sweep, 8)["rate"])) == pytest.approx(0.7, abs=0.1)


def test_a_sweep_that_there_is_not_is_an_error(sweep: Deps) -> None:
    with pytest.raises(KeyError, match="no sweep iris-2"):
        run({"sweep_id": "iris-2", "number": 0}, sweep)
