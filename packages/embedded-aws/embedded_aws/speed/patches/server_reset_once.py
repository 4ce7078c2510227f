"""Emptying the account drops the backends, and does not first create each of them anew.

Not a gap in behaviour. moto gives each backend its first content again, such as a hundred images,
and then forgets the backend. A backend with a reset of its own, such as S3's, which closes files,
is still reset.
"""

from typing import Any

from moto.core.base_backend import AccountSpecificBackend, BaseBackend

from embedded_aws.patching import wrap


def install() -> None:
    """Patch the reset of a service's backends, after which moto always drops them."""
    wrap(AccountSpecificBackend, "reset", _make_reset)


def _make_reset(original: Any) -> Any:
    def reset(self: Any) -> None:
        for backend in self.values():
            if type(backend).reset is not BaseBackend.reset:
                backend.reset()

    return reset
