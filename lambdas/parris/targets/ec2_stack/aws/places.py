"""EC2: the subnets, security groups, key pairs and instance types that a config can name."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from parris.aws.translate_errors import translates_errors

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mypy_boto3_ec2 import EC2Client
    from mypy_boto3_ec2.type_defs import FilterTypeDef


@dataclass(frozen=True, slots=True)
class Subnet:
    """A subnet with its zone and its VPC."""

    subnet_id: str
    zone: str
    vpc_id: str


class Places:
    """The subnets, security groups, key pairs and instance types of this account and Region.

    All requests use filters: what does not exist is missing in the response, without an error.
    """

    def __init__(self, client: EC2Client) -> None:
        self._client = client

    @translates_errors
    def subnets(self, subnet_ids: Sequence[str]) -> dict[str, Subnet]:
        """Return the subnets that exist, by their ids."""
        found = self._client.describe_subnets(Filters=[_filter("subnet-id", subnet_ids)])["Subnets"]
        return {
            one["SubnetId"]: Subnet(one["SubnetId"], one["AvailabilityZone"], one["VpcId"])
            for one in found
        }

    @translates_errors
    def vpc_of_group(self, group_id: str) -> str | None:
        """Return the VPC of a security group, or None if there is no such group."""
        filters = [_filter("group-id", [group_id])]
        found = self._client.describe_security_groups(Filters=filters)["SecurityGroups"]
        return found[0].get("VpcId", "") if found else None

    @translates_errors
    def has_key_pair(self, name: str) -> bool:
        """Return whether a key pair of that name exists."""
        # A filter treats some characters of a name as wildcards.
        found = self._client.describe_key_pairs(Filters=[_filter("key-name", [name])])["KeyPairs"]
        return any(one["KeyName"] == name for one in found)

    @translates_errors
    def offered_types(self, types: Sequence[str], zones: Sequence[str]) -> frozenset[str]:
        """Return those of the types that at least one of the zones offers."""
        found = self._client.describe_instance_type_offerings(
            LocationType="availability-zone",
            Filters=[_filter("instance-type", types), _filter("location", zones)],
        )["InstanceTypeOfferings"]
        return frozenset(str(one["InstanceType"]) for one in found)

    @translates_errors
    def all_types(self, zones: Sequence[str]) -> frozenset[str]:
        """Return every type that at least one of the zones offers, or the Region without zones.

        One response has up to 1,000 of them, which is all of them in the largest Regions.
        """
        found = self._client.describe_instance_type_offerings(
            LocationType="availability-zone" if zones else "region",
            Filters=[_filter("location", zones)] if zones else [],
        )["InstanceTypeOfferings"]
        return frozenset(str(one["InstanceType"]) for one in found)

    @translates_errors
    def vcpus_of(self, types: Sequence[str]) -> dict[str, int]:
        """Return the default number of vCPUs of each of the types that the Region offers."""
        found = self._client.describe_instance_types(Filters=[_filter("instance-type", types)])
        return {
            str(one["InstanceType"]): one["VCpuInfo"]["DefaultVCpus"]
            for one in found["InstanceTypes"]
        }


def _filter(name: str, values: Sequence[str]) -> FilterTypeDef:
    return {"Name": name, "Values": list(values)}
