"""Service Quotas: the account's quotas of training jobs, by their names."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError, HTTPClientError
from botocore.exceptions import ConnectionError as BotoConnectionError

from parris.aws.translate_errors import code_of

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

_SERVICE = "sagemaker"
_PAGE_SIZE, _MOST_PAGES = 100, 40
"""SageMaker has about 1,600 quotas. Their names are documented, but not their codes."""


@dataclass(frozen=True, slots=True)
class Quota:
    """A quota of this account: the applied value, which includes granted increases."""

    code: str
    name: str
    value: float


@dataclass(frozen=True, slots=True)
class FoundQuotas:
    """The quotas that were found, by their names. `problem` says why others are missing."""

    by_name: Mapping[str, Quota] = field(default_factory=dict)
    problem: str = ""


class Quotas:
    """The quotas of this account and Region for SageMaker.

    No error is raised: a job does not depend on the check that reads them, and its role, its Region
    or Service Quotas itself may lack what is needed.
    """

    def __init__(self, client: Any) -> None:
        self._client = client

    def find(self, names: Collection[str]) -> FoundQuotas:
        """Return the quotas with these names, with as many calls as pages have to be read."""
        wanted, found = set(names), dict[str, Quota]()
        try:
            self._read_pages(wanted, found)
        except ClientError as err:
            return FoundQuotas(found, code_of(err))
        except (BotoConnectionError, HTTPClientError) as err:
            return FoundQuotas(found, type(err).__name__)
        return FoundQuotas(found, "" if wanted <= found.keys() else "there is no such quota")

    def _read_pages(self, wanted: set[str], found: dict[str, Quota]) -> None:
        request: dict[str, Any] = {"ServiceCode": _SERVICE, "MaxResults": _PAGE_SIZE}
        for _ in range(_MOST_PAGES):
            page = self._client.list_service_quotas(**request)
            for one in page["Quotas"]:
                name, value = one.get("QuotaName"), one.get("Value")
                if name in wanted and value is not None:
                    found[name] = Quota(str(one.get("QuotaCode", "")), name, float(value))
            token = page.get("NextToken")
            if wanted <= found.keys() or not token:
                return
            request["NextToken"] = token
