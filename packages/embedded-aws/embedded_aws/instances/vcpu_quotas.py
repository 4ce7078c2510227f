"""The account's quotas of vCPUs: one for each group of families and each purchase option."""

import functools
import re
from dataclasses import dataclass
from typing import Any

from embedded_aws.context import current
from embedded_aws.instance_vcpus import vcpus_of
from embedded_aws.prices.price_entry import read_rows

_TABLE = "ec2_vcpu_quotas.csv"
_SPOT = "spot"


@dataclass(frozen=True, slots=True)
class VcpuQuota:
    """One quota. `families` is a regular expression of the names before the dot: g4dn."""

    code: str
    name: str
    is_spot: bool
    families: str
    usual_vcpus: float

    @property
    def vcpus(self) -> float:
        """Return the quota's value: that of `Settings.vcpu_quotas`, or the usual one."""
        return current().settings.vcpu_quotas.get(self.code, self.usual_vcpus)


@functools.cache
def load_quotas() -> tuple[VcpuQuota, ...]:
    """Read the table."""
    return tuple(
        VcpuQuota(
            row["quota_code"],
            row["quota_name"],
            row["market"] == _SPOT,
            row["families"],
            float(row["vcpus"]),
        )
        for row in read_rows(_TABLE)
    )


@functools.cache
def quota_of(instance_type: str, *, is_spot: bool) -> VcpuQuota | None:
    """Return the quota that an instance counts against, or None if the table has none for it."""
    family = instance_type.partition(".")[0]
    return next(
        (
            one
            for one in load_quotas()
            if one.is_spot is is_spot and re.fullmatch(one.families, family)
        ),
        None,
    )


def vcpus_in_use(backend: Any, quota: VcpuQuota) -> int:
    """Return the vCPUs of the running instances that count against a quota.

    Pending and stopped instances do not count. Source:
    https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/ec2-on-demand-instances.html
    """
    return sum(
        vcpus_of(one.instance_type)
        for one in backend.all_instances()
        if one.state == "running"
        and quota_of(one.instance_type, is_spot=one.lifecycle == _SPOT) is quota
    )
