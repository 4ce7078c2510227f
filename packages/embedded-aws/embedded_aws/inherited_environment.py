"""The variables that instances and containers inherit from the process that runs them.

Everything else of this process's environment stays out, above all AWS credentials.
"""

import os

# What a process needs to reach the network as the user's own programs do: a script may install
# packages through a proxy. Requests to this AWS never go through one (NO_PROXY).
_PASSED_ON = """
    LANG LC_ALL LC_CTYPE TZ http_proxy https_proxy HTTP_PROXY HTTPS_PROXY SSL_CERT_FILE
    SSL_CERT_DIR REQUESTS_CA_BUNDLE
"""
WITHOUT_PROXY = {"NO_PROXY": "127.0.0.1,localhost", "no_proxy": "127.0.0.1,localhost"}


def passed_on() -> dict[str, str]:
    """Return the variables that are inherited."""
    return {
        name: value
        for name, value in os.environ.items()
        if name in _PASSED_ON.split() or name.startswith("PIP_")
    }
