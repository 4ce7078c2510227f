"""The end of a sweep: its record, the config of its best trial, and the results that stay."""

import dataclasses
import json
from decimal import Decimal

import pytest

import record_sweep
from embedded_aws import EmbeddedAws
from parris.entrypoint import Deps
from parris.payloads import Payload
from parris.sweeps.settlement import Settlement
from parris.sweeps.sweep import Sweep
from parris.sweeps.trial import TrialRun, TrialStatus
from tests.builders import BUCKET
from tests.handlers.conftest import put_json

NOW = "2031-05-01T14:00:00.000Z"
FOLDER = "sweeps/iris/iris-1"
SWEEP = Sweep(
    sweep_id="iris-1",
    sweep_name="iris",
    execution_arn="arn:aws:states:us-east-1:123456789012:execution:parris-sweep:iris-1",
    started_at="2031-05-01T12:00:00.000Z",
    cost_limit_usd=Decimal(5),
    worst_usd=Decimal("0.5"),
    longest_seconds=3600,
    trials=4,
    config_key=f"{FOLDER}/sweep.json",
)
VALUES = {0: 0.5, 1: 0.1, 2: 0.3}
CONFIG: Payload = {
    "sweep-name": "iris",
    "training": {"instance-type": "t3.micro", "hyperparameters": {"epochs": 3, "x": 9}},
    "parameters": {"x": {"type": "integer", "minimum": 0, "maximum": 3}},
    "search": {"method": "grid"},
    "goal": {"metric": "loss", "direction": "minimize"},
    "budget": {"cost-limit": 5},
}


def results_of(number: int) -> str:
    return f"machines/AROA:i-{number}/results/"


def run_trials(deps: Deps, aws: EmbeddedAws, **config: int) -> None:
    put_json(aws, SWEEP.config_key, {**CONFIG, **{"keep-best": 1, **config}})
    table = deps.aws.sweeps_table
    table.open(SWEEP)
    for number in range(SWEEP.trials):
        name = f"sweep-iris-1-{number}"
        table.reserve(SWEEP, TrialRun(number, 0, name, f"arn-{number}", NOW))
        table.set_parameters(SWEEP.sweep_id, number, {"x": number})
        put_json(aws, f"{results_of(number)}model.bin", b"7")
        put_json(aws, f"machines/AROA:i-{number}/log.txt", b"7")
    for number in range(SWEEP.trials):
        settle(deps, number)


def settle(deps: Deps, number: int) -> None:
    trial = deps.aws.sweeps_table.find_trial(SWEEP.sweep_id, number)
    assert trial is not None
    settlement = Settlement(
        status=TrialStatus.SUCCEEDED if number in VALUES else TrialStatus.FAILED,
        spent_usd=Decimal("0.1"),
        value=VALUES.get(number),
        ended_at=NOW,
        results_uri=f"s3://{BUCKET}/{results_of(number)}",
    )
    deps.aws.sweeps_table.settle(SWEEP.sweep_id, trial, settlement)


def record(deps: Deps) -> Payload:
    return record_sweep.run({"sweep": {"sweep_id": SWEEP.sweep_id}, "now": NOW}, deps)


def read(deps: Deps, name: str) -> Payload:
    return deps.aws.bucket.read_json(f"{FOLDER}/{name}") or {}


def test_the_best_trial_is_on_record_and_its_config_is_ready_to_run(
    deps: Deps, aws: EmbeddedAws
) -> None:
    run_trials(deps, aws)
    result = record(deps)
    outcome = result["outcome"]
    assert isinstance(outcome, dict)
    assert (outcome["reason"], outcome["best_trial"]) == ("COMPLETED", 1)
    assert outcome["spent_usd"] == "0.4"
    assert read(deps, "best-config.json") == {
        "instance-type": "t3.micro",
        "hyperparameters": {"epochs": 3, "x": 1},
        "training-job-name": "iris-best",
    }
    stored = read(deps, "record.json")
    trials = stored["trials"]
    assert isinstance(trials, list)
    assert len(trials) == 4
    assert json.loads(json.dumps(result)) == result
    assert deps.aws.sweeps_table.open_sweeps() == {}


def test_only_the_results_of_the_best_trials_stay_and_everything_of_failed_ones(
    deps: Deps, aws: EmbeddedAws
) -> None:
    run_trials(deps, aws, **{"keep-best": 2})
    put_json(aws, "machines/AROA:i-00/results/model.bin", b"of another job")
    record(deps)
    kept = [number for number in range(4) if deps.aws.bucket.has_any(results_of(number))]
    assert kept == [1, 2, 3]
    assert deps.aws.bucket.has_any("machines/AROA:i-0/log.txt")
    assert deps.aws.bucket.has_any("machines/AROA:i-00/results/")


def test_while_a_run_is_not_settled_the_sweep_stays_open_and_nothing_is_deleted(
    deps: Deps, aws: EmbeddedAws
) -> None:
    run_trials(deps, aws)
    sweep = dataclasses.replace(SWEEP, trials=5)
    deps.aws.sweeps_table.reserve(sweep, TrialRun(4, 0, "job", "arn", NOW))
    record(deps)
    assert all(deps.aws.bucket.has_any(results_of(number)) for number in range(4))
    assert list(deps.aws.sweeps_table.open_sweeps()) == [SWEEP.sweep_id]


@pytest.mark.parametrize("prefix", ["machines/AROA:i-0", "/machines/x/", ""])
def test_a_prefix_that_could_match_other_folders_deletes_nothing(deps: Deps, prefix: str) -> None:
    with pytest.raises(ValueError, match="no folder"):
        deps.aws.bucket.delete_below(prefix)
