"""The deployment of the handlers' tests, with every target and the toy one in its registry."""

import dataclasses
from typing import Any

import pytest
from botocore.loaders import create_loader
from botocore.session import get_session

from embedded_aws import EmbeddedAws
from parris import targets
from parris.aws.clients import Clients
from parris.aws.gateways import Gateways
from parris.entrypoint import Deps
from tests.handlers.conftest import aws as aws
from tests.handlers.conftest import deps as handlers_deps  # noqa: F401
from tests.targets.conformance.stages import STAGES, Stage
from tests.targets.toy_target.insert import FILES

_LOADER = create_loader()  # the model of Systems Manager is large: it is read once


class _Clients:
    """The functions' own clients, and one of Systems Manager that has all of its operations.

    Those that the toy calls are in no model of `lambdas/parris/aws/models`: it is not deployed.
    """

    def __init__(self, aws: EmbeddedAws) -> None:
        session = get_session()
        session.register_component("data_loader", _LOADER)
        self._own, self._ssm = Clients(), session.create_client("ssm")

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
def stage(request: pytest.FixtureRequest) -> Stage:
    return STAGES[request.param]
