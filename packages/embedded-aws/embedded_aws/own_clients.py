"""The embedded AWS's own clients, from one session that caches models and endpoints."""

import threading
from typing import Any

from botocore.config import Config

from embedded_aws.own_session import own_session

_making = threading.Lock()
# The user's proxy must not be used for this machine.
_WITHOUT_PROXY = Config(proxies={})


def make_client(service_name: str, config: Config | None = None, **named: Any) -> Any:
    """Return a new boto3 client, independent of the process's environment.

    Args:
        service_name: boto3's name, such as `stepfunctions`.
        config: additional configuration of the client.
        named: arguments of `boto3.session.Session.client`, such as endpoint, Region and key.
    """
    merged = _WITHOUT_PROXY if config is None else config.merge(_WITHOUT_PROXY)
    with _making:  # a session is not safe to use from several threads
        return own_session().client(service_name, config=merged, **named)  # type: ignore[call-overload]
