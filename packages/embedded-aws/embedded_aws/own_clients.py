"""The embedded AWS's own clients, of one session: what it reads of models and endpoints is kept."""

import threading
from typing import Any

from botocore.config import Config

from embedded_aws.own_session import own_session

_making = threading.Lock()
# A person's proxy is not asked for what is on this machine.
_WITHOUT_PROXY = Config(proxies={})


def make_client(service_name: str, config: Config | None = None, **named: Any) -> Any:
    """Return a new boto3 client, whatever the process's own environment says.

    Args:
        service_name: as boto3 has it, e.g. `stepfunctions`.
        config: what else of the client is to be different.
        named: whatever `boto3.session.Session.client` takes; endpoint, Region and key belong there.
    """
    merged = _WITHOUT_PROXY if config is None else config.merge(_WITHOUT_PROXY)
    with _making:  # a session is not safe to use from several threads
        return own_session().client(service_name, config=merged, **named)  # type: ignore[call-overload]
