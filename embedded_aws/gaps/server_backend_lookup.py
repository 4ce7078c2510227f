"""moto's server keeps which of its backends answers for a host.

It lists its own folder, and goes through the addresses of all its services, for every request: a
third of what a request takes.
"""

import functools
from typing import Any

from moto.moto_server.werkzeug_app import DomainDispatcherApplication

from embedded_aws.patching import wrap


def install() -> None:
    """Patch the lookup."""
    wrap(DomainDispatcherApplication, "get_backend_for_host", _make_get_backend_for_host)


def _make_get_backend_for_host(original: Any) -> Any:
    return functools.cache(original)
