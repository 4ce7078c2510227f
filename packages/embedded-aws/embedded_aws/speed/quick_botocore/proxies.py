"""An environment without a proxy is searched for one once for each client, and not twice.

botocore reads all variables of the environment, twice, whether any of them is for a proxy or not.
"""

import os
import sys
from typing import Any

from botocore import endpoint

_Creator: Any = endpoint.EndpointCreator
_original_get_proxies = _Creator._get_proxies
_SUFFIX = "_proxy"


def _get_proxies(self: Any, url: str) -> Any:
    if any(name.lower().endswith(_SUFFIX) for name in os.environ):
        return _original_get_proxies(self, url)
    return {}


def install() -> None:
    """Patch the search, where proxies are set by variables only."""
    if sys.platform not in ("darwin", "win32"):
        _Creator._get_proxies = _get_proxies
