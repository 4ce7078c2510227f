"""GetServiceQuota returns the account's quotas of vCPUs for Fargate: `Settings.vcpu_quotas`.

moto has the default quotas of VPC only. A container beyond a quota is not refused here.
"""

from typing import Any

from moto.servicequotas.models import ServiceQuotasBackend

from embedded_aws.context import current
from embedded_aws.patching import wrap

_SERVICE = "fargate"
_NAMES = {
    "L-3032A538": "Fargate On-Demand vCPU resource count",
    "L-36FBB829": "Fargate Spot vCPU resource count",
}
_USUAL_VCPUS = 256.0
"""A new account has 6. This is the value of an account that has requested increases."""


def install() -> None:
    """Patch the operation."""
    wrap(ServiceQuotasBackend, "get_service_quota", _make_get_service_quota)


def _make_get_service_quota(original: Any) -> Any:
    def get_service_quota(self: Any, service_code: str, quota_code: str) -> dict[str, Any]:
        if service_code == _SERVICE and quota_code in _NAMES:
            return _describe(quota_code, self.region_name, self.account_id)
        found: dict[str, Any] = original(self, service_code, quota_code)
        return found

    return get_service_quota


def _describe(code: str, region: str, account_id: str) -> dict[str, Any]:
    return {
        "ServiceCode": _SERVICE,
        "ServiceName": "AWS Fargate",
        "QuotaArn": f"arn:aws:servicequotas:{region}:{account_id}:{_SERVICE}/{code}",
        "QuotaCode": code,
        "QuotaName": _NAMES[code],
        "Value": current().settings.vcpu_quotas.get(code, _USUAL_VCPUS),
        "Unit": "None",
        "Adjustable": True,
        "GlobalQuota": False,
        "QuotaAppliedAtLevel": "ACCOUNT",
    }
