"""Who has sent the request that this thread is answering, for what goes on after the answer."""

import contextlib
import threading
from collections.abc import Iterator

from embedded_aws.permissions.principals import Principal

_local = threading.local()


def current_caller() -> Principal | None:
    """Return the caller of the request that this thread answers; None is the administrator."""
    return getattr(_local, "caller", None)


@contextlib.contextmanager
def called_by(principal: Principal | None) -> Iterator[None]:
    """Answer a request of this principal."""
    before = current_caller()
    _local.caller = principal
    try:
        yield
    finally:
        _local.caller = before
