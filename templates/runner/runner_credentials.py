"""The credentials of the instance's role, from the instance metadata service."""

from __future__ import annotations

import calendar
import json
import threading
import time
from dataclasses import dataclass

from runner_clock import read_metadata

_ROLE_PATH = "meta-data/iam/security-credentials/"
# New credentials are available five minutes before the old ones expire.
_RENEW_BEFORE_SECONDS = 240.0
_ATTEMPT_WAITS_SECONDS = (0.5, 2.0, 0.0)


@dataclass(frozen=True)
class Credentials:
    """The credentials for signing requests, and when they expire (Unix seconds)."""

    access_key_id: str
    secret_access_key: str
    session_token: str
    expires_at: float


class InstanceCredentials:
    """Fetches credentials once, and again before they expire."""

    def __init__(self) -> None:
        """Fetch nothing yet."""
        self._lock = threading.Lock()
        self._current: Credentials | None = None

    def current(self) -> Credentials:
        """Return valid credentials.

        Raises:
            OSError: if the metadata service has none.
        """
        with self._lock:
            known, now = self._current, time.time()
            if known is not None and now < known.expires_at - _RENEW_BEFORE_SECONDS:
                return known
            try:
                self._current = known = _ask()
            except OSError:
                if known is None or now >= known.expires_at:
                    raise
            return known

    def forget(self) -> None:
        """Fetch new credentials next time, because AWS has rejected the current ones."""
        with self._lock:
            self._current = None


def _ask() -> Credentials:
    failure: Exception = OSError("the metadata service was not called")
    for wait_seconds in _ATTEMPT_WAITS_SECONDS:
        try:
            role = read_metadata(_ROLE_PATH).split()[0]
            found = json.loads(read_metadata(f"{_ROLE_PATH}{role}"))
            expires_at = time.strptime(found["Expiration"], "%Y-%m-%dT%H:%M:%SZ")
            return Credentials(
                found["AccessKeyId"],
                found["SecretAccessKey"],
                found["Token"],
                float(calendar.timegm(expires_at)),
            )
        except (OSError, KeyError, IndexError, ValueError) as error:
            failure = error
            time.sleep(wait_seconds)
    raise OSError(f"the instance's role provides no credentials: {failure}")
