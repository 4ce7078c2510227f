"""Checks that EC2 can launch the instance of a config in the places that the config names."""

from __future__ import annotations

from typing import TYPE_CHECKING

from parris.near_names import did_you_mean
from parris.payloads import Payload, maybe_text_in
from parris.validation.semantics import path_of_text, texts_of
from parris.validation.violations import Violation, shown

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from parris.targets.ec2_stack.aws.places import Places, Subnet
    from parris.targets.ec2_stack.settings import Ec2StackSettings

TYPE_KEY = "instance-type"
_SUBNET, _GROUP, _KEY = "subnet-id", "security-group-id", "ec2-keypair-name"


def find_place_violations(
    config: Payload,
    settings: Ec2StackSettings,
    places: Places,
    known_types: Collection[str],
) -> list[Violation]:
    """Return what EC2 would refuse of subnet, security group, key pair and instance type.

    Only what the config names is looked up: a job in the default VPC takes no additional request.

    Args:
        config: the merged config, without the keys whose values violate the schema.
        settings: the deployment's, whose subnet and group are used where the config names none.
        places: the subnets, security groups and key pairs of this account and Region.
        known_types: the instance types of the config that the Region offers.
    """
    named = texts_of(config, _SUBNET)
    group = maybe_text_in(config, _GROUP)
    subnets: dict[str, Subnet] = {}
    wanted = named or ((settings.subnet_id,) if group and settings.subnet_id else ())
    if wanted:
        subnets = places.subnets(wanted)
    violations = [*_missing_subnets(config, named, subnets, settings.region)]
    if group is not None:
        violations += _group_violations(group, subnets, places, settings.region)
    key = maybe_text_in(config, _KEY)
    if key is not None and not places.has_key_pair(key):
        expected = f"a key pair of this account in {settings.region}; {_listed('key-pairs')}"
        violations.append(Violation(f"/{_KEY}", shown(key), expected))
    zones = sorted({one.zone for one in subnets.values()}) if named else []
    violations += _type_violations(config, zones, places, known_types, settings.region)
    return violations


def _missing_subnets(
    config: Payload, named: Collection[str], found: Collection[str], region: str
) -> Iterator[Violation]:
    for index, subnet_id in enumerate(named):
        if subnet_id not in found:
            expected = f"a subnet of this account in {region}; {_listed('subnets')}"
            yield Violation(path_of_text(config, _SUBNET, index), shown(subnet_id), expected)


def _group_violations(
    group: str, subnets: dict[str, Subnet], places: Places, region: str
) -> Iterator[Violation]:
    vpc_id = places.vpc_of_group(group)
    if vpc_id is None:
        expected = f"a security group of this account in {region}; {_listed('security-groups')}"
        yield Violation(f"/{_GROUP}", shown(group), expected)
        return
    for subnet in subnets.values():
        if subnet.vpc_id != vpc_id:
            expected = (
                f"a security group of {subnet.vpc_id}, the VPC of {subnet.subnet_id}; this one is"
                f" of {vpc_id}"
            )
            yield Violation(f"/{_GROUP}", shown(group), expected)
            return


def _type_violations(
    config: Payload,
    zones: list[str],
    places: Places,
    known_types: Collection[str],
    region: str,
) -> Iterator[Violation]:
    types = texts_of(config, TYPE_KEY)
    offered = places.offered_types(types, zones) if types and zones else known_types
    where = f"zone {' or '.join(zones)} of the subnet" if zones else region
    unknown = [(index, kind) for index, kind in enumerate(types) if kind not in offered]
    every = places.all_types(zones) if unknown else frozenset()
    for index, kind in unknown:
        how = did_you_mean(kind, every) or f"; {_listed('instance-type-offerings')}"
        expected = f"an instance type that {where} offers{how}"
        yield Violation(path_of_text(config, TYPE_KEY, index), shown(kind), expected)


def _listed(what: str) -> str:
    return f"aws ec2 describe-{what} lists them"
