"""The embedded AWS's own clients, of one session: what it reads of models and endpoints is kept."""

import functools
import threading
from typing import Any

import boto3

_making = threading.Lock()


def make_client(service_name: str, **named: Any) -> Any:
    """Return a new boto3 client.

    Args:
        service_name: as boto3 has it, e.g. `stepfunctions`.
        named: whatever `boto3.session.Session.client` takes; endpoint, region and key belong there,
            since the process's own environment may be somebody's real account.
    """
    with _making:  # a session is not safe to use from several threads
        return _session().client(service_name, **named)  # type: ignore[call-overload]


@functools.cache
def _session() -> boto3.session.Session:
    return boto3.session.Session()
