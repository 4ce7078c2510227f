"""The short-lived credentials of a role that an AWS service has assumed for what it runs."""

import threading
from datetime import UTC, datetime, timedelta

from embedded_aws.context import current
from embedded_aws.permissions.trust import assume_as_service

_SESSION_SECONDS = 3600
_TIMESTAMP_FORMAT = "%Y-%m-%dT%H:%M:%SZ"


class RoleCredentials:
    """Credentials of the `current()` embedded AWS, renewed after half of their time.

    Args:
        service: the service that assumes the role, for instance `ec2.amazonaws.com`.
        session_name: part of the session's ARN.
    """

    def __init__(self, service: str, session_name: str) -> None:
        """Assume no role yet."""
        self._service = service
        self._session_name = session_name
        self._lock = threading.Lock()
        self._role_arn = ""
        self._credentials: dict[str, str] = {}
        self._renew_at = datetime.min.replace(tzinfo=UTC)

    def read(self, role_arn: str) -> dict[str, str]:
        """Return the role's credentials under the names that AWS's endpoints give them.

        Raises:
            RoleNotAssumableError: when the role does not trust the service.
        """
        with self._lock:
            now = current().clock.now()
            if now >= self._renew_at or role_arn != self._role_arn:
                self._credentials = self._assume(role_arn, now)
                self._role_arn = role_arn
                self._renew_at = now + timedelta(seconds=_SESSION_SECONDS // 2)
            return self._credentials

    def _assume(self, role_arn: str, now: datetime) -> dict[str, str]:
        session = assume_as_service(role_arn, self._service, self._session_name)
        return {
            "LastUpdated": now.strftime(_TIMESTAMP_FORMAT),
            "AccessKeyId": session.access_key_id,
            "SecretAccessKey": session.secret_access_key,
            "Token": session.session_token,
            "Expiration": (now + timedelta(seconds=_SESSION_SECONDS)).strftime(_TIMESTAMP_FORMAT),
        }
