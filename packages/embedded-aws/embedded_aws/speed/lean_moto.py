"""moto is imported without what nobody here asks it for, in half of the time.

No gap of behaviour. As it is, moto imports every service that a template might hold a resource of,
finds the Regions with three sessions, and reads which types 32 Regions offer, before anything has
been asked; each process that holds an embedded AWS would wait for that. Comes before all other
imports of this package, since it is about how they go.
"""

import gc
import importlib
import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from types import ModuleType
from typing import Any
from unittest import mock

from embedded_aws.own_session import own_botocore_session, own_session

# A target that launches resources of one of these takes it off the list.
SERVICES_WITHOUT_RESOURCES_HERE = (
    "apigateway", "datapipeline", "efs", "emr", "rds", "redshift", "route53", "sagemaker",
)  # fmt: skip
_OFFERINGS = "instance_type_offerings"


class _Offerings(dict[str, Any]):
    """What each Region offers, read when a Region is first asked for."""

    def __init__(self, location_type: str, regions: Iterable[str]) -> None:
        super().__init__(dict.fromkeys(regions))
        self._location_type = location_type

    def __getitem__(self, region: str) -> Any:
        if super().__getitem__(region) is None:
            self[region] = _read_offerings(self._location_type, region)
        return super().__getitem__(region)

    def get(self, region: str, default: Any = None) -> Any:
        try:
            return self[region]
        except KeyError:
            return default


def import_moto() -> None:
    """Import what is slow in moto, so that every later import finds it there."""
    if "moto.cloudformation.parsing" in sys.modules:
        return  # somebody needed it whole
    with importing():
        with _instead(dict.fromkeys({"pytest"} - set(sys.modules))):
            importlib.import_module("time_machine")  # has a plugin for pytest, if there is a pytest
        _import_ec2()
        with _instead(_stand_ins()):
            importlib.import_module("moto.cloudformation.parsing")
        importlib.import_module("moto.stepfunctions.parser.models")


@contextmanager
def importing() -> Iterator[None]:
    """Collect no garbage in the block, and never look at what it has made: all of it stays."""
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()


def _import_ec2() -> None:
    import boto3
    from moto.utilities import utils

    load_resource = utils.load_resource
    session = _give_session()

    def load_but_offerings(resource: str) -> Any:
        return [] if _OFFERINGS in resource else load_resource(resource)

    with (
        mock.patch.object(utils, "load_resource", load_but_offerings),
        mock.patch.object(boto3, "Session", lambda: session),
    ):
        types = importlib.import_module("moto.ec2.models.instance_types")
    for location_type, regions in types.INSTANCE_TYPE_OFFERINGS.items():
        types.INSTANCE_TYPE_OFFERINGS[location_type] = _Offerings(location_type, regions)


def _give_session() -> Any:
    """Let moto find Regions and services by one session, which looks at no profile of anybody's."""
    from moto.core import base_backend, utils

    vars(base_backend)["Session"] = own_session
    vars(utils)["Session"] = own_botocore_session
    return base_backend.AccountSpecificBackend.get_session()  # parses a megabyte, once


def _read_offerings(location_type: str, region: str) -> list[dict[str, str]]:
    from moto.utilities.utils import load_resource

    offers = load_resource(f"ec2/resources/{_OFFERINGS}/{location_type}/{region}.json")
    return [{**offer, "LocationType": location_type} for offer in offers]


def _stand_ins() -> dict[str, ModuleType]:
    """Return empty modules for the services that nobody has imported."""
    modules: dict[str, ModuleType] = {}
    for name in (f"moto.{service}" for service in SERVICES_WITHOUT_RESOURCES_HERE):
        if name not in sys.modules:
            modules[name], models = ModuleType(name), ModuleType(f"{name}.models")
            vars(modules[name])["models"] = modules[models.__name__] = models
    return modules


@contextmanager
def _instead(modules: Mapping[str, ModuleType | None]) -> Iterator[None]:
    """Have these modules imported, or missing, for a while; a later import gets the real ones."""
    sys.modules.update(modules)  # type: ignore[arg-type]  # None is how a missing one is said
    try:
        yield
    finally:
        for name in modules:
            del sys.modules[name]


import_moto()
