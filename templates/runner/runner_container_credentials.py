"""The credentials of a container's role, as ECS provides them.

The metadata of the machine below are not asked: on EC2, containers of AWS Batch could reach them.
Source: https://docs.aws.amazon.com/sdkref/latest/guide/feature-container-credentials.html
"""

from __future__ import annotations

import json
import os
import urllib.request
from pathlib import Path
from typing import Any

_TIMEOUT_SECONDS = 5
_ECS = "http://169.254.170.2"


def is_in_container() -> bool:
    """Return whether this process runs in a container whose role ECS provides."""
    return bool(_address())


def read_container_credentials() -> dict[str, Any]:
    """Return the credentials; the keys are those of the instance metadata service.

    Raises:
        OSError, ValueError: if there are none.
    """
    request = urllib.request.Request(_address())
    token = os.environ.get("AWS_CONTAINER_AUTHORIZATION_TOKEN", "")
    path = os.environ.get("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE")
    if path:
        token = Path(path).read_text(encoding="ascii").strip()
    if token:
        request.add_header("Authorization", token)
    # Not through a proxy from the job's environment.
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with opener.open(request, timeout=_TIMEOUT_SECONDS) as response:
        found: dict[str, Any] = json.loads(response.read().decode("utf-8"))
    return found


def _address() -> str:
    relative = os.environ.get("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI")
    given = os.environ.get("AWS_CONTAINER_CREDENTIALS_FULL_URI")
    return given or (f"{_ECS}{relative}" if relative else "")
