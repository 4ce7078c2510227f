from collections.abc import Iterator

import pytest

from parris import entrypoint
from parris.entrypoint import Deps, deps_of_deployment, lambda_handler
from parris.payloads import Payload

VARIABLES = {
    "AWS_DEFAULT_REGION": "us-east-1",
    "AWS_REGION": "us-east-1",
    "PARRIS_DEPLOYMENT": "parris",
    "PARRIS_TRAINING_BUCKET": "bucket",
    "PARRIS_JOBS_TABLE": "jobs",
    "PARRIS_TRAINER_LOG_GROUP": "trainers",
    "PARRIS_LAYERS_ROOT": "/opt",
}


@pytest.fixture(autouse=True)
def deployment(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    for name, value in VARIABLES.items():
        monkeypatch.setenv(name, value)
    monkeypatch.delenv(entrypoint._RUNTIME, raising=False)
    deps_of_deployment.cache_clear()
    yield
    deps_of_deployment.cache_clear()


def step(event: Payload, deps: Deps) -> Payload:
    return {}


def test_lambdas_init_phase_makes_the_clients_that_every_step_needs(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv(entrypoint._RUNTIME, "127.0.0.1:9001")
    lambda_handler(step)
    assert deps_of_deployment.cache_info().currsize == 1
    assert set(vars(deps_of_deployment().aws.clients)["_made"]) == {"dynamodb", "s3"}


def test_outside_lambda_nothing_is_made() -> None:
    lambda_handler(step)
    assert deps_of_deployment.cache_info().currsize == 0
