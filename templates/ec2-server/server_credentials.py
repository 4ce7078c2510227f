"""The credentials of a job: sessions of the role of jobs, renewed before they expire.

A session of a role that another role has assumed lasts one hour at most.
Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles.html#iam-term-role-chaining
"""

from __future__ import annotations

import calendar
import re
import threading
import time
from urllib.parse import urlencode

from runner_clock import iso
from runner_credentials import Credentials
from runner_http import AwsClient, AwsError, Request, endpoint
from server_job import ServerJob

_SESSION_SECONDS = 3600
# SDKs fetch new credentials up to 15 minutes before the old ones expire.
_RENEW_BEFORE_SECONDS = 1800.0
_FIELDS = ("AccessKeyId", "SecretAccessKey", "SessionToken", "Expiration")


class JobCredentials:
    """The credentials of one job.

    Args:
        client: sends requests as the server.
        region: the Region.
        job: the job.
    """

    def __init__(self, client: AwsClient, region: str, job: ServerJob) -> None:
        """Assume no role yet."""
        self._client = client
        self._region = region
        self._job = job
        self._lock = threading.Lock()
        self._known: Credentials | None = None

    def current(self) -> Credentials:
        """Return valid credentials.

        Raises:
            OSError: if there are none.
        """
        with self._lock:
            known, now = self._known, time.time()
            if known is not None and now < known.expires_at - _RENEW_BEFORE_SECONDS:
                return known
            try:
                self._known = known = self._assume()
            except (AwsError, ValueError) as error:
                if known is None or now >= known.expires_at:
                    raise OSError(f"{self._job.role_arn} cannot be assumed: {error}") from error
            return known

    def forget(self) -> None:
        """Assume the role again next time."""
        with self._lock:
            self._known = None

    def as_of_container(self) -> dict[str, str]:
        """Return them as the endpoint of a container does.

        Raises:
            OSError: if there are none.
        """
        found = self.current()
        return {
            "RoleArn": self._job.role_arn,
            "AccessKeyId": found.access_key_id,
            "SecretAccessKey": found.secret_access_key,
            "Token": found.session_token,
            "Expiration": f"{iso(found.expires_at)[:19]}Z",
        }

    def _assume(self) -> Credentials:
        asked = {
            "Action": "AssumeRole",
            "Version": "2011-06-15",
            "RoleArn": self._job.role_arn,
            "RoleSessionName": self._job.machine_id,
            "DurationSeconds": str(_SESSION_SECONDS),
        }
        headers = {"content-type": "application/x-www-form-urlencoded"}
        base = endpoint("sts", self._region)
        body = urlencode(asked).encode()
        request = Request("sts", self._region, "POST", base, "/", {}, headers, body)
        text = self._client.send(request).body.decode("utf-8")
        key_id, secret, token, expiration = (_field(text, name) for name in _FIELDS)
        expires_at = time.strptime(expiration[:19], "%Y-%m-%dT%H:%M:%S")
        return Credentials(key_id, secret, token, float(calendar.timegm(expires_at)))


def _field(text: str, name: str) -> str:
    found = re.search(f"<{name}>([^<]+)</{name}>", text)
    if found is None:
        raise ValueError(f"STS has sent no {name}")
    return found[1]
