"""The deployment of the handlers' tests, with every target and the toy one in its registry."""

import dataclasses
from typing import Any

import pytest

from embedded_aws import EmbeddedAws
from parris import targets
from parris.aws.gateways import Gateways
from parris.entrypoint import Deps
from tests.handlers.account import shared_clients
from tests.handlers.conftest import aws as aws
from tests.handlers.conftest import aws_settings as aws_settings
from tests.handlers.conftest import deps as handlers_deps  # noqa: F401
from tests.handlers.conftest import layers_root as layers_root
from tests.targets.conformance.stages import STAGES, Stage
from tests.targets.toy_target.insert import FILES


class _Clients:
    """The functions' own clients, and one of Systems Manager that has all of its operations.

    Those that the toy calls are in no model of `lambdas/parris/aws/models`: it is not deployed.
    """

    def __init__(self, aws: EmbeddedAws) -> None:
        self._own, self._ssm = shared_clients(uses_adaptive_retries=False), aws.client("ssm")

    def client(self, service_name: str, region_name: str | None = None) -> Any:
        if service_name == "ssm":
            return self._ssm
        return self._own.client(service_name, region_name)


@pytest.fixture
def deps(aws: EmbeddedAws, handlers_deps: Deps) -> Deps:  # noqa: F811
    settings = handlers_deps.settings
    return dataclasses.replace(handlers_deps, aws=Gateways(settings, _Clients(aws)))


@pytest.fixture(autouse=True)
def toy_target(monkeypatch: pytest.MonkeyPatch) -> None:
    beside = FILES / "lambdas" / "parris" / "targets"
    monkeypatch.setattr(targets, "__path__", [*targets.__path__, str(beside)])


@pytest.fixture(params=STAGES)
def stage(request: pytest.FixtureRequest, aws: EmbeddedAws, deps: Deps) -> Stage:
    chosen = STAGES[request.param]
    chosen.prepare(aws)
    return chosen
