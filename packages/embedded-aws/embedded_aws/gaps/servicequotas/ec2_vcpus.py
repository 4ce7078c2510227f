"""GetServiceQuota returns the account's quotas of vCPUs for EC2: `Settings.vcpu_quotas`.

moto has the default quotas of VPC only.
"""

from typing import Any

from moto.servicequotas.models import ServiceQuotasBackend

from embedded_aws.instances.vcpu_quotas import VcpuQuota, load_quotas
from embedded_aws.patching import wrap

_SERVICE = "ec2"


def install() -> None:
    """Patch the operation."""
    wrap(ServiceQuotasBackend, "get_service_quota", _make_get_service_quota)


def _make_get_service_quota(original: Any) -> Any:
    def get_service_quota(self: Any, service_code: str, quota_code: str) -> dict[str, Any]:
        for quota in load_quotas() if service_code == _SERVICE else ():
            if quota.code == quota_code:
                return _describe(quota, self.region_name, self.account_id)
        found: dict[str, Any] = original(self, service_code, quota_code)
        return found

    return get_service_quota


def _describe(quota: VcpuQuota, region: str, account_id: str) -> dict[str, Any]:
    return {
        "ServiceCode": _SERVICE,
        "ServiceName": "Amazon Elastic Compute Cloud (Amazon EC2)",
        "QuotaArn": f"arn:aws:servicequotas:{region}:{account_id}:{_SERVICE}/{quota.code}",
        "QuotaCode": quota.code,
        "QuotaName": quota.name,
        "Value": quota.vcpus,
        "Unit": "None",
        "Adjustable": True,
        "GlobalQuota": False,
        "QuotaAppliedAtLevel": "ACCOUNT",
    }
