"""Times for the runner: ISO 8601 timestamps, and the launch time of the instance."""

from __future__ import annotations

import calendar
import json
import os
import time
import urllib.request
from pathlib import Path

METADATA_ADDRESS = "http://169.254.169.254"
_METADATA_TIMEOUT_SECONDS = 5
_METADATA_ATTEMPTS = 3


def iso(unix_seconds: float) -> str:
    """Return Unix seconds as ISO 8601 with milliseconds and Z."""
    milliseconds = round(unix_seconds * 1000)
    whole = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(milliseconds // 1000))
    return f"{whole}.{milliseconds % 1000:03d}Z"


def launch_time() -> float:
    """Return when the instance was launched, in Unix seconds.

    This is in the instance identity document. If that cannot be read, it is the time of the boot.
    """
    for attempt in range(_METADATA_ATTEMPTS):
        try:
            pending_time = json.loads(read_metadata("dynamic/instance-identity/document"))
            return float(_unix(pending_time["pendingTime"]))
        except (OSError, KeyError, ValueError):
            if attempt + 1 < _METADATA_ATTEMPTS:
                time.sleep(1)
    return _boot_time()


def _unix(text: str) -> int:
    return calendar.timegm(time.strptime(text, "%Y-%m-%dT%H:%M:%SZ"))


def read_metadata(path: str) -> str:
    """Return the content of a path of the instance metadata service.

    Raises:
        OSError: if the service is not reachable, or the path does not exist.
    """
    # On a training server it is blocked for jobs, and each attempt would take its timeout.
    if os.environ.get("AWS_EC2_METADATA_DISABLED", "").lower() == "true":
        raise OSError("the metadata service is disabled")
    address = os.environ.get("AWS_EC2_METADATA_SERVICE_ENDPOINT", METADATA_ADDRESS)
    base = address.rstrip("/") + "/latest"
    # The metadata service must not be called through a proxy from the job's environment.
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    request = urllib.request.Request(
        f"{base}/api/token",
        method="PUT",
        headers={"X-aws-ec2-metadata-token-ttl-seconds": "60"},
    )
    with opener.open(request, timeout=_METADATA_TIMEOUT_SECONDS) as response:
        token = response.read().decode("ascii")
    request = urllib.request.Request(f"{base}/{path}", headers={"X-aws-ec2-metadata-token": token})
    with opener.open(request, timeout=_METADATA_TIMEOUT_SECONDS) as response:
        return str(response.read().decode("utf-8"))


def _boot_time() -> float:
    try:
        uptime_seconds = float(Path("/proc/uptime").read_text(encoding="ascii").split()[0])
    except (OSError, ValueError, IndexError):
        return time.time()
    return time.time() - uptime_seconds
