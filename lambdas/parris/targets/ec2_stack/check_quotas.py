"""Checks that the account's quotas of vCPUs allow one instance of each type of a job.

What other instances use of a quota is not counted: it may be free again when the job is launched.
If it is not, EC2 refuses the instance, and the job tries its next type.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from parris.ec2.quota_codes import quota_code_of
from parris.ec2.quota_excess import QuotaExcess
from parris.room import Room, together
from parris.targets.ec2_stack.check_template import TEMPLATE_KEYS
from parris.targets.ec2_stack.spec import is_spot
from parris.validation.semantics import path_of_text, texts_of
from parris.validation.violations import Violation, shown

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from parris.aws.ec2.quotas import Quota, Quotas
    from parris.payloads import Payload

_KEY = "instance-type"


@dataclass(frozen=True, slots=True)
class CheckedQuotas:
    """The result: violations, warnings, the types that the job cannot run on, and the room for it.

    `room` is None if a quota is not known.
    """

    violations: tuple[Violation, ...] = ()
    warnings: tuple[str, ...] = ()
    types_beyond: frozenset[str] = frozenset()
    room: Room | None = None


def check_quotas(
    config: Payload, vcpus_by_type: Mapping[str, int], quotas: Quotas, region: str
) -> CheckedQuotas:
    """Compare the vCPUs of each type with the quota, with one request for each quota.

    A quota that cannot be read is a warning. So is a type beyond its quota if another type of the
    job fits, or if the config names its own template: an instance of a capacity block, which a
    template can request, does not count against these quotas.

    Args:
        config: the merged config; the keys that are used here conform to the schema.
        vcpus_by_type: the vCPUs of the types that exist.
        quotas: the account's quotas.
        region: the Region of the quotas.
    """
    types, wants_spot = texts_of(config, _KEY), is_spot(config)
    codes = {
        kind: code
        for kind in types
        if kind in vcpus_by_type and (code := quota_code_of(kind, is_spot=wants_spot))
    }
    found = {code: quotas.find(code) for code in dict.fromkeys(codes.values())}
    warnings = [
        f"the account's quota {code} for {', '.join(k for k in codes if codes[k] == code)} could"
        f" not be read ({quota.problem}), so that it is not checked"
        for code, quota in found.items()
        if quota.vcpus is None
    ]
    excesses = {
        kind: QuotaExcess(kind, vcpus_by_type[kind], quota, region)
        for kind, code in codes.items()
        if (quota := found[code]).vcpus is not None and vcpus_by_type[kind] > quota.vcpus
    }
    if any(key in config for key in TEMPLATE_KEYS):
        warnings += [_own_template_warning(one) for one in excesses.values()]
        return CheckedQuotas((), tuple(warnings))
    if any(kind not in excesses for kind in types):
        warnings += [_left_out_warning(one) for one in excesses.values()]
        fitting = [kind for kind in types if kind not in excesses]
        room = _room(fitting, codes, vcpus_by_type, found, region)
        return CheckedQuotas((), tuple(warnings), frozenset(excesses), room)
    violations = tuple(
        _violation(path_of_text(config, _KEY, index), excesses[kind])
        for index, kind in enumerate(types)
    )
    return CheckedQuotas(violations, tuple(warnings))


def _room(
    types: Sequence[str],
    codes: Mapping[str, str],
    vcpus_by_type: Mapping[str, int],
    quotas: Mapping[str, Quota],
    region: str,
) -> Room | None:
    """Return for how many instances of the types the quotas have room."""
    smallest: dict[str, str] = {}
    for kind in sorted(types, key=lambda one: vcpus_by_type.get(one, 0)):
        if kind not in codes or quotas[codes[kind]].vcpus is None:
            return None
        smallest.setdefault(codes[kind], kind)
    return together(
        Room(
            int((quotas[code].vcpus or 0) // vcpus_by_type[kind]),
            f'the quota "{quotas[code].name}" in {region} is {quotas[code].vcpus:g} vCPUs, and'
            f" {kind} has {vcpus_by_type[kind]}",
        )
        for code, kind in smallest.items()
    )


def _violation(path: str, excess: QuotaExcess) -> Violation:
    return Violation(path, shown(excess.instance_type), excess.expected)


def _left_out_warning(excess: QuotaExcess) -> str:
    return (
        f"{excess.instance_type} is not tried: it has {excess.vcpus} vCPUs, and"
        f" {excess.quota_text} is {excess.quota.vcpus:g}. To request an increase: {excess.remedy}"
    )


def _own_template_warning(excess: QuotaExcess) -> str:
    return (
        f"{excess.instance_type} has {excess.vcpus} vCPUs, more than {excess.quota_text}, which is"
        f" {excess.quota.vcpus:g}. To request an increase: {excess.remedy}"
    )
