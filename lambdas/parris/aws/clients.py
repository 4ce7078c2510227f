"""Clients of AWS services, each created once, from models reduced to what the gateways call.

boto3 would load the whole model of each service, list the folders of all services, and set up a
resource layer that nothing here uses. That took half of a cold start: see
docs/decisions/0012-trim-the-service-models.md.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from botocore.config import Config
from botocore.credentials import CredentialResolver, EnvProvider
from botocore.loaders import Loader
from botocore.session import get_session

from parris.cold_start import gc_disabled

_MODELS = Path(__file__).parent / "models"
# Few, short retries: the state machine retries with longer delays.
_CONFIG = Config(
    retries={"mode": "standard", "total_max_attempts": 3},
    connect_timeout=5,
    read_timeout=20,
    user_agent_extra="parris",
)
# Presigned URLs would otherwise have version 2, which S3 refuses in new Regions and buckets.
_SIGNING = {"s3": Config(signature_version="s3v4")}
# For functions that make thousands of calls: each throttled call slows down the next ones.
_ADAPTIVE_CONFIG = _CONFIG.merge(Config(retries={"mode": "adaptive", "total_max_attempts": 10}))


class Clients:
    """One session's clients.

    Args:
        uses_adaptive_retries: whether the clients slow down, instead of failing, when AWS throttles
            them.
    """

    def __init__(self, *, uses_adaptive_retries: bool = False) -> None:
        """Create a session, but no client yet."""
        self._config = _ADAPTIVE_CONFIG if uses_adaptive_retries else _CONFIG
        self._session = get_session()
        self._session.register_component("data_loader", _loader())
        # Lambda provides credentials in the environment. Other providers cost start-up time.
        self._session.register_component("credential_provider", CredentialResolver([EnvProvider()]))
        self._made: dict[str, Any] = {}

    def client(self, service_name: str, region_name: str | None = None) -> Any:
        """Return the client of a service; repeated calls return the same client.

        Args:
            service_name: a service that has a model in `models`: see `make models`.
            region_name: defaults to the function's own Region.

        Raises:
            UnknownServiceError: for any other service.
        """
        if service_name not in self._made:
            with gc_disabled():
                config = self._config.merge(_SIGNING.get(service_name, Config()))
                self._made[service_name] = self._session.create_client(
                    service_name, region_name=region_name, config=config
                )
        return self._made[service_name]


class _PickedModels(Loader):
    """Loads models from our folder first; other data comes from botocore's own."""

    def list_available_services(self, type_name: str) -> list[str]:
        """Return the services that have a model here; botocore's version walks some 400 folders."""
        return sorted(folder.name for folder in _MODELS.iterdir() if folder.is_dir())


@cache
def _loader() -> Loader:
    return _PickedModels(extra_search_paths=[str(_MODELS)])
