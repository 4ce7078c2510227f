"""The clients of AWS's services, each made once, from models that hold what the gateways call.

boto3 would read the whole model of each service, look through the folders of all services, and
bring a layer of resources that nothing here uses, in half of a cold start: see
docs/decisions/0012-clients-from-picked-models.md.
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
# Short: what these few tries do not heal, the state machine retries with a longer breath.
_CONFIG = Config(
    retries={"mode": "standard", "total_max_attempts": 3},
    connect_timeout=5,
    read_timeout=20,
    user_agent_extra="parris",
)
# Of who asks for thousands of things: each throttled call slows down those that come after it.
_ADAPTIVE_CONFIG = _CONFIG.merge(Config(retries={"mode": "adaptive", "total_max_attempts": 10}))


class Clients:
    """One session's clients.

    Args:
        uses_adaptive_retries: they wait rather than fail when AWS asks to slow down.
    """

    def __init__(self, *, uses_adaptive_retries: bool = False) -> None:
        """Make none yet."""
        self._config = _ADAPTIVE_CONFIG if uses_adaptive_retries else _CONFIG
        self._session = get_session()
        self._session.register_component("data_loader", _loader())
        # Where Lambda puts them. The other places that botocore knows take time to set up.
        self._session.register_component("credential_provider", CredentialResolver([EnvProvider()]))
        self._made: dict[str, Any] = {}

    def client(self, service_name: str, region_name: str | None = None) -> Any:
        """Return the client of a service, always the same one.

        Args:
            service_name: one of which there is a model in `models`: see `make models`.
            region_name: the function's own when not given.

        Raises:
            UnknownServiceError: for any other service.
        """
        if service_name not in self._made:
            with gc_disabled():
                self._made[service_name] = self._session.create_client(
                    service_name, region_name=region_name, config=self._config
                )
        return self._made[service_name]


class _PickedModels(Loader):
    """Finds our models before botocore's, and everything that is no model in botocore's."""

    def list_available_services(self, type_name: str) -> list[str]:
        """Return the services that have a model here; botocore's walks some 400 folders."""
        return sorted(folder.name for folder in _MODELS.iterdir() if folder.is_dir())


@cache
def _loader() -> Loader:
    return _PickedModels(extra_search_paths=[str(_MODELS)])
