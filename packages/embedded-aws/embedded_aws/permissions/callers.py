"""The caller of the request that this thread handles, for work that continues afterwards."""

import contextlib
import threading
from collections.abc import Iterator

from embedded_aws.permissions.principals import Principal

_local = threading.local()


def current_caller() -> Principal | None:
    """Return the caller of the request that this thread handles; None is the administrator."""
    return getattr(_local, "caller", None)


@contextlib.contextmanager
def called_by(principal: Principal | None) -> Iterator[None]:
    """Handle a request of this principal inside the block."""
    before = current_caller()
    _local.caller = principal
    try:
        yield
    finally:
        _local.caller = before
