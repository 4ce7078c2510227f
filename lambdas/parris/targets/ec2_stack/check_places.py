"""Whether the machine that a config asks for can be launched where it asks for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from parris.payloads import Payload, maybe_text_in
from parris.validation.semantics import texts_of
from parris.validation.violations import Violation, shown

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from parris.targets.ec2_stack.aws.places import Places, Subnet
    from parris.targets.ec2_stack.settings import Ec2StackSettings

_TYPE, _SUBNET, _GROUP, _KEY = "instance-type", "subnet-id", "security-group-id", "ec2-keypair-name"


def find_place_violations(
    config: Payload,
    settings: Ec2StackSettings,
    places: Places,
    priced_types: Collection[str],
) -> list[Violation]:
    """Return what EC2 would refuse of subnet, security group, key pair and instance type.

    Only what the config names is asked for: a job in the default VPC costs no request more.

    Args:
        config: the merged config, without what is wrong in it.
        settings: of the deployment, whose subnet and group count where the config names none.
        places: what this account has in this Region.
        priced_types: the instance types that the Region's price list has, which it also offers.
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
    violations += _type_violations(config, zones, places, priced_types, settings.region)
    return violations


def _missing_subnets(
    config: Payload, named: Collection[str], found: Collection[str], region: str
) -> Iterator[Violation]:
    for index, subnet_id in enumerate(named):
        if subnet_id not in found:
            expected = f"a subnet of this account in {region}; {_listed('subnets')}"
            yield Violation(_path(config, _SUBNET, index), shown(subnet_id), expected)


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
                f"a security group of {subnet.vpc_id}, that of {subnet.subnet_id}; this one is"
                f" of {vpc_id}"
            )
            yield Violation(f"/{_GROUP}", shown(group), expected)
            return


def _type_violations(
    config: Payload,
    zones: list[str],
    places: Places,
    priced_types: Collection[str],
    region: str,
) -> Iterator[Violation]:
    types = texts_of(config, _TYPE)
    asked = types if zones else tuple(one for one in types if one not in priced_types)
    if not asked:
        return
    offered = places.offered_types(asked, zones)
    where = f"zone {' or '.join(zones)} of the subnet" if zones else region
    for index, kind in enumerate(types):
        if kind in asked and kind not in offered:
            expected = f"an instance type that {where} offers; {_listed('instance-type-offerings')}"
            yield Violation(_path(config, _TYPE, index), shown(kind), expected)


def _path(config: Payload, key: str, index: int) -> str:
    """Return the path of one value of a key that takes a value or a list of them."""
    return f"/{key}/{index}" if isinstance(config[key], list) else f"/{key}"


def _listed(what: str) -> str:
    return f"aws ec2 describe-{what} lists them"
