"""Random sweeps never pass their budget, whatever fails: some of them here, 200 in `make long`."""

from collections.abc import Iterator
from typing import Any

import pytest
from moto import mock_aws

from parris.sweeps.trial import TrialStatus
from tests.aws.clients import make_client
from tests.random_sweeps.simulated_sweep import SimulatedSweep
from tests.sweeps_table import SWEEPS_TABLE, make_sweeps_table

SAMPLE, OTHERS = range(4), range(4, 200)


@pytest.fixture(scope="module")
def client() -> Iterator[Any]:
    with pytest.MonkeyPatch.context() as patch, mock_aws():
        for name in ("AWS_ENDPOINT_URL", "AWS_PROFILE", "AWS_SESSION_TOKEN"):
            patch.delenv(name, raising=False)
        patch.setenv("AWS_DEFAULT_REGION", "us-east-1")
        dynamodb = make_client("dynamodb")
        make_sweeps_table(dynamodb)
        yield dynamodb


@pytest.mark.parametrize(
    "seed", [*SAMPLE, *(pytest.param(seed, marks=pytest.mark.long) for seed in OTHERS)]
)
def test_a_random_sweep_never_passes_its_budget(client: Any, seed: int) -> None:
    simulated = SimulatedSweep(seed, client, SWEEPS_TABLE)
    simulated.run()
    trials = simulated.table.trials(simulated.sweep.sweep_id)
    assert not any(trial.is_reserved for trial in trials)
    assert all(trial.is_over for trial in trials)
    assert len(trials) == simulated.sweep.trials
    assert any(trial.status is not TrialStatus.NOT_STARTED for trial in trials) or (
        simulated.table.find(simulated.sweep.sweep_id).stop_reason  # type: ignore[union-attr]
    )
