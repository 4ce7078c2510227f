"""moto's server keeps which of its backends answers for a host, and which actions that one has.

It lists its own folder, goes through the addresses of all its services, and inspects all members of
the class that answers, for every request: a third of what a request takes.
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
