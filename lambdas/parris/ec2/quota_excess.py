"""An instance type that has more vCPUs than the account's quota allows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from parris.aws.ec2.quotas import Quota


@dataclass(frozen=True, slots=True)
class QuotaExcess:
    """A type that has more vCPUs than the account's quota."""

    instance_type: str
    vcpus: int
    quota: Quota
    region: str

    @property
    def quota_text(self) -> str:
        """Return the name of the quota, for people."""
        return f'this account\'s quota "{self.quota.name}" in {self.region}'

    @property
    def remedy(self) -> str:
        """Return the command that requests a sufficient quota."""
        return (
            "aws service-quotas request-service-quota-increase"
            f" --region {self.region} --service-code ec2"
            f" --quota-code {self.quota.code} --desired-value {self.vcpus}"
        )

    @property
    def expected(self) -> str:
        """Return what a config is expected to have instead."""
        return (
            f"at most {self.quota.vcpus:g} vCPUs, {self.quota_text}; {self.instance_type} has"
            f" {self.vcpus}. Choose another type, or request an increase: {self.remedy}"
        )
