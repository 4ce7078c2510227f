"""Service Quotas: the account's quotas of vCPUs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError, HTTPClientError
from botocore.exceptions import ConnectionError as BotoConnectionError

from parris.aws.translate_errors import code_of

_EC2 = "ec2"


@dataclass(frozen=True, slots=True)
class Quota:
    """A quota of this account. `vcpus` is None if it could not be read; `problem` says why."""

    code: str
    name: str = ""
    vcpus: float | None = None
    problem: str = ""


class Quotas:
    """The quotas of this account and Region.

    No error is raised: a job does not depend on the check that reads them, and its role, its Region
    or Service Quotas itself may lack what is needed.
    """

    def __init__(self, client: Any) -> None:
        self._client = client

    def find(self, code: str, service: str = _EC2) -> Quota:
        """Return the quota with a code: the applied value, which includes granted increases."""
        try:
            found = self._client.get_service_quota(ServiceCode=service, QuotaCode=code)["Quota"]
        except ClientError as err:
            return Quota(code, problem=code_of(err))
        except (BotoConnectionError, HTTPClientError) as err:
            return Quota(code, problem=type(err).__name__)
        value = found.get("Value")
        if value is None:
            return Quota(code, problem="it has no value")
        return Quota(code, str(found.get("QuotaName", code)), float(value))
