"""The credentials of the role of the instance, or of the container, for signing requests."""

from __future__ import annotations

import calendar
import json
import threading
import time
from dataclasses import dataclass
from typing import Any

from runner_clock import read_metadata
from runner_container_credentials import is_in_container, read_container_credentials

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


class RoleCredentials:
    """Fetches credentials once, and again before they expire."""

    def __init__(self) -> None:
        """Fetch nothing yet."""
        self._lock = threading.Lock()
        self._current: Credentials | None = None

    def current(self) -> Credentials:
        """Return valid credentials.

        Raises:
            OSError: if there are none.
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


class FixedCredentials:
    """Credentials that were given, such as those for the results of an earlier attempt."""

    def __init__(self, given: Credentials) -> None:
        """Keep them."""
        self._given = given

    def current(self) -> Credentials:
        """Return the credentials."""
        return self._given

    def forget(self) -> None:
        """Do nothing: there are no others."""


def _ask() -> Credentials:
    failure: Exception = OSError("nothing was called")
    for wait_seconds in _ATTEMPT_WAITS_SECONDS:
        try:
            found = read_container_credentials() if is_in_container() else _of_instance()
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
    raise OSError(f"the role provides no credentials: {failure}")


def _of_instance() -> dict[str, Any]:
    role = read_metadata(_ROLE_PATH).split()[0]
    found: dict[str, Any] = json.loads(read_metadata(f"{_ROLE_PATH}{role}"))
    return found
