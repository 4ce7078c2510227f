"""A boto3 session that ignores the user's own AWS settings: variables, profiles and files.

A shell's settings for a real account (a profile, a Region, endpoints, a CA bundle) do not apply to
this AWS, and some would send its requests elsewhere.
"""

import functools
import importlib.util
import os
from pathlib import Path
from typing import Any

import boto3
import botocore.session
from botocore.configprovider import BOTOCORE_DEFAUT_SESSION_VARIABLES
from botocore.loaders import Loader

from embedded_aws.speed.model_files import QuickFileLoader

_FILES = ("config_file", "credentials_file")
_SERVICE_MODEL = "service-2"
# moto's additions to these change nothing that a client sends or reads.
_ONLY_MORE_ERRORS = ("ec2",)


@functools.cache
def own_session() -> boto3.session.Session:
    """Return the session, the same one each time."""
    return boto3.session.Session(botocore_session=own_botocore_session())


@functools.cache
def own_botocore_session() -> botocore.session.Session:
    """Return botocore's side of it."""
    variables = {
        name: (None, None, default, conversion)
        for name, (_, _, default, conversion) in BOTOCORE_DEFAUT_SESSION_VARIABLES.items()
    }
    for name in _FILES:
        variables[name] = (None, None, os.devnull, None)
    session = botocore.session.Session(session_vars=variables)
    session.register_component("data_loader", _ClientLoader())
    return session


@functools.cache
def server_loader() -> Loader:
    """Return the loader of moto's models: botocore's, with moto's additions."""
    return _ServerLoader(extra_search_paths=[str(_moto_folder())])


class _ServerLoader(Loader):
    """As moto's own, which cannot be imported without moto: it adds moto's additions."""

    BUILTIN_EXTRAS_TYPES = ["moto"]  # noqa: RUF012
    FILE_LOADER_CLASS = QuickFileLoader

    def _find_extras(self, service_name: str, type_name: str, api_version: str) -> Any:
        found: Any = super()
        return found._find_extras(service_name.replace("-", ""), type_name, api_version)


class _ClientLoader(Loader):
    """Loads the models of clients, which moto's loader may have read already: each takes up to a
    tenth of a second.
    """

    FILE_LOADER_CLASS = QuickFileLoader

    def load_service_model(
        self, service_name: str, type_name: str, api_version: str | None = None
    ) -> Any:
        if type_name == _SERVICE_MODEL and not _is_changed_by_moto(service_name):
            # moto's loader caches by arguments, and moto gives it these.
            version = () if api_version is None else (api_version,)
            return server_loader().load_service_model(service_name, type_name, *version)
        return super().load_service_model(service_name, type_name, api_version)


@functools.cache
def _is_changed_by_moto(service_name: str) -> bool:
    additions = (_moto_folder() / service_name).glob(f"*/{_SERVICE_MODEL}.moto-extras*")
    return service_name not in _ONLY_MORE_ERRORS and any(additions)


@functools.cache
def _moto_folder() -> Path:
    found = importlib.util.find_spec("moto")  # does not import it
    assert found is not None and found.origin is not None
    return Path(found.origin).parent
