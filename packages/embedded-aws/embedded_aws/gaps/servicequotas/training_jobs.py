"""Service Quotas has the quotas of SageMaker training jobs: `Settings.training_quotas`.

moto has the default quotas of VPC only, and no ListServiceQuotas.
"""

import json
from typing import Any

from moto.servicequotas.models import ServiceQuotasBackend
from moto.servicequotas.responses import ServiceQuotasResponse

from embedded_aws.patching import wrap
from embedded_aws.training_quotas import TrainingQuota, iterate_training_quotas

_SERVICE = "sagemaker"
_LARGEST_PAGE = 100


def install() -> None:
    """Patch one operation, and add the other."""
    wrap(ServiceQuotasBackend, "get_service_quota", _make_get_service_quota)
    wrap(ServiceQuotasResponse, "call_action", _make_call_action)


def _make_get_service_quota(original: Any) -> Any:
    def get_service_quota(self: Any, service_code: str, quota_code: str) -> dict[str, Any]:
        quotas = iterate_training_quotas(self.region_name) if service_code == _SERVICE else ()
        for quota in quotas:
            if quota.code == quota_code:
                return _describe(quota, self)
        found: dict[str, Any] = original(self, service_code, quota_code)
        return found

    return get_service_quota


def _make_call_action(original: Any) -> Any:
    def call_action(self: Any) -> Any:
        if self._get_action() != "ListServiceQuotas":
            return original(self)
        request = json.loads(self.body)
        if request["ServiceCode"] != _SERVICE:
            return original(self)
        return 200, {}, json.dumps(_list(self.backend, request))

    return call_action


def _list(backend: Any, request: dict[str, Any]) -> dict[str, Any]:
    quotas = sorted(iterate_training_quotas(backend.region_name), key=lambda one: one.code)
    start = int(request.get("NextToken") or 0)
    end = start + min(int(request.get("MaxResults") or _LARGEST_PAGE), _LARGEST_PAGE)
    page: dict[str, Any] = {"Quotas": [_describe(one, backend) for one in quotas[start:end]]}
    if end < len(quotas):
        page["NextToken"] = str(end)
    return page


def _describe(quota: TrainingQuota, backend: Any) -> dict[str, Any]:
    place = f"{backend.region_name}:{backend.account_id}"
    return {
        "ServiceCode": _SERVICE,
        "ServiceName": "Amazon SageMaker",
        "QuotaArn": f"arn:aws:servicequotas:{place}:{_SERVICE}/{quota.code}",
        "QuotaCode": quota.code,
        "QuotaName": quota.name,
        "Value": quota.value,
        "Unit": "None",
        "Adjustable": True,
        "GlobalQuota": False,
        "QuotaAppliedAtLevel": "ACCOUNT",
    }
