"""Imports moto without what this package does not use, in half of the time.

Not a gap in behaviour. moto itself imports every service that a template may contain a resource of,
finds the Regions with three sessions, and reads the instance types of 32 Regions, before any
request; each process with an embedded AWS would wait for that. This comes before all other imports
of the package, because it changes how they work.
"""

import gzip
import importlib
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType
from typing import Any
from unittest import mock

from embedded_aws.own_session import own_botocore_session, own_session, server_loader
from embedded_aws.speed import quick_botocore, quick_headers
from embedded_aws.speed.garbage import collect_nothing_at_exit, importing
from embedded_aws.speed.model_files import read_json_file

# A target that launches resources of one of these removes it from the list.
SERVICES_WITHOUT_RESOURCES_HERE = (
    "apigateway", "datapipeline", "efs", "emr", "rds", "redshift", "route53", "sagemaker",
)  # fmt: skip
_OFFERINGS = "instance_type_offerings"


class Offerings(dict[str, Any]):
    """The offers of each Region, read when a Region is first used."""

    def __init__(self, location_type: str, regions: Iterable[str]) -> None:
        super().__init__(dict.fromkeys(regions))
        self._location_type = location_type
        self._complete: Callable[[str, list[dict[str, str]]], None] = lambda region, offers: None

    def complete_with(self, complete: Callable[[str, list[dict[str, str]]], None]) -> None:
        """Let a function add to the offers of each Region when they are read."""
        self._complete = complete
        for region in self:
            if super().__getitem__(region) is not None:
                complete(region, super().__getitem__(region))

    def __getitem__(self, region: str) -> Any:
        if super().__getitem__(region) is None:
            offers = _read_offerings(self._location_type, region)
            self._complete(region, offers)
            self[region] = offers
        return super().__getitem__(region)

    def get(self, region: str, default: Any = None) -> Any:
        """Return the offers of a Region, the default for an unknown one."""
        try:
            return self[region]
        except KeyError:
            return default


def import_moto() -> None:
    """Import the slow parts of moto, so that later imports find them."""
    if "moto.cloudformation.parsing" in sys.modules:
        return  # something has already imported all of it
    with importing():
        with _instead(dict.fromkeys({"pytest"} - set(sys.modules))):
            importlib.import_module("time_machine")  # has a pytest plugin, if pytest is installed
        _import_ec2()
        with _instead(_stand_ins()):
            importlib.import_module("moto.cloudformation.parsing")
        importlib.import_module("moto.stepfunctions.parser.models")


def _import_ec2() -> None:
    import boto3
    from moto.utilities import utils

    load_resource = vars(utils)["load_resource"] = _load_resource
    session = _give_session()

    def load_but_offerings(resource: str) -> Any:
        return [] if _OFFERINGS in resource else load_resource(resource)

    with (
        mock.patch.object(utils, "load_resource", load_but_offerings),
        mock.patch.object(boto3, "Session", lambda: session),
    ):
        types = importlib.import_module("moto.ec2.models.instance_types")
    for location_type, regions in types.INSTANCE_TYPE_OFFERINGS.items():
        types.INSTANCE_TYPE_OFFERINGS[location_type] = Offerings(location_type, regions)


def _give_session() -> Any:
    """Make moto find Regions and services with one session, which reads no profile.

    Its models come from one loader: moto creates one for each model, and each first searches the
    folders of all 400 services.
    """
    from moto.core import base_backend, utils

    vars(base_backend)["Session"] = own_session
    vars(utils)["Session"] = own_botocore_session
    vars(utils)["create_loader"] = server_loader
    return base_backend.AccountSpecificBackend.get_session()  # parses a megabyte, once


def _read_offerings(location_type: str, region: str) -> list[dict[str, str]]:
    from moto.utilities.utils import load_resource

    offers = load_resource(f"ec2/resources/{_OFFERINGS}/{location_type}/{region}.json")
    return [{**offer, "LocationType": location_type} for offer in offers]


def _load_resource(resource: str) -> Any:
    """Return one of moto's tables, as moto does: packed if there is such a file."""
    import moto

    plain = str(Path(moto.__path__[0]) / resource).removesuffix(".gz")
    try:
        return read_json_file(f"{plain}.gz", gzip.open)
    except FileNotFoundError:
        return read_json_file(plain)


def _stand_ins() -> dict[str, ModuleType]:
    """Return empty modules for the services that nothing has imported."""
    modules: dict[str, ModuleType] = {}
    for name in (f"moto.{service}" for service in SERVICES_WITHOUT_RESOURCES_HERE):
        if name not in sys.modules:
            modules[name], models = ModuleType(name), ModuleType(f"{name}.models")
            vars(modules[name])["models"] = modules[models.__name__] = models
    return modules


@contextmanager
def _instead(modules: Mapping[str, ModuleType | None]) -> Iterator[None]:
    """Replace or hide modules inside the block; a later import gets the real ones."""
    sys.modules.update(modules)  # type: ignore[arg-type]  # None marks a missing module
    try:
        yield
    finally:
        for name in modules:
            del sys.modules[name]


quick_botocore.install()  # moto makes sessions while it is imported
import_moto()
quick_headers.install()
collect_nothing_at_exit()
