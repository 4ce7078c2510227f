"""The lines that point a shell at an embedded AWS, whatever it holds for a real account."""

from __future__ import annotations

import os
import shlex
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

# What a shell may hold for a real account, and what would then be sent to this one, or this one's
# to that account.
_UNSET = (
    *("AWS_PROFILE", "AWS_DEFAULT_PROFILE", "AWS_SESSION_TOKEN", "AWS_SECURITY_TOKEN"),
    *("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE", "AWS_CA_BUNDLE"),
    *("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "AWS_USE_FIPS_ENDPOINT"),
    *("AWS_USE_DUALSTACK_ENDPOINT", "AWS_CREDENTIAL_EXPIRATION"),
)
_ONE_SERVICES_ENDPOINT = "AWS_ENDPOINT_URL_"
_NO_PROXY = ("NO_PROXY", "no_proxy")
_THIS_MACHINE = "127.0.0.1,localhost"


def shell_lines(environment: Mapping[str, str], shell: Mapping[str, str] = os.environ) -> str:
    """Return lines for a shell that set these variables, and no others of AWS's beside them.

    Args:
        environment: the variables.
        shell: those that the shell has now; endpoints of single services are named in there.
    """
    endpoints = sorted(name for name in shell if name.startswith(_ONE_SERVICES_ENDPOINT))
    unset = [*_UNSET, *endpoints]
    exports = [f"export {name}={shlex.quote(value)}" for name, value in environment.items()]
    # A person's proxy goes on to be asked for everything else.
    proxy = [f'export {name}="${{{name}:+${name},}}{_THIS_MACHINE}"' for name in _NO_PROXY]
    return "\n".join([f"unset {' '.join(unset)}", *proxy, *exports])
