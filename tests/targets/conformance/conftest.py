"""The deployment of the handlers' tests, with every target and the toy one in its registry."""

from pathlib import Path

import pytest

from parris import targets
from tests.handlers.conftest import aws as aws
from tests.handlers.conftest import deps as deps
from tests.targets.conformance.stages import STAGES, Stage


@pytest.fixture(autouse=True)
def toy_target(monkeypatch: pytest.MonkeyPatch) -> None:
    beside = Path(__file__).parents[1] / "packages"
    monkeypatch.setattr(targets, "__path__", [*targets.__path__, str(beside)])


@pytest.fixture(params=STAGES)
def stage(request: pytest.FixtureRequest) -> Stage:
    return STAGES[request.param]
