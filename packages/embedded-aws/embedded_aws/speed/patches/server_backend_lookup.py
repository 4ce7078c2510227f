"""moto's server caches which backend handles a host, and which actions that backend has.

Otherwise it lists its own folder, searches the URLs of all its services, and inspects all members
of the backend's class for every request: a third of a request's time.
"""

import functools
from typing import Any

from moto.core import responses
from moto.moto_server.werkzeug_app import DomainDispatcherApplication

from embedded_aws.patching import wrap


def install() -> None:
    """Patch the lookups."""
    wrap(DomainDispatcherApplication, "get_backend_for_host", _make_kept)
    wrap(responses, "method_names_from_class", _make_kept)


def _make_kept(original: Any) -> Any:
    return functools.cache(original)
