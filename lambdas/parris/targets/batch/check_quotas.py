"""Checks that the account's quotas of vCPUs allow a machine of each queue of a job.

What else uses a quota is not counted: it may be free again when the job is submitted. If it is not,
the job waits in its queue until its longest wait is over.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from parris.ec2.quota_codes import quota_code_of
from parris.room import Room
from parris.targets.batch.check_sizes import fitting
from parris.targets.batch.read_queues import is_spot
from parris.validation.violations import Violation

if TYPE_CHECKING:
    from collections.abc import Sequence

    from parris.aws.ec2.quotas import Quota, Quotas
    from parris.targets.batch.read_queues import QueueOfJob
    from parris.targets.batch.spec import BatchSpec

_EC2, _FARGATE = "ec2", "fargate"
_FARGATE_CODE, _FARGATE_SPOT_CODE = "L-3032A538", "L-36FBB829"
"""Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-quotas.html"""


@dataclass(frozen=True, slots=True)
class CheckedQuotas:
    """The result: violations, warnings, and the queues in which the job cannot run.

    `room` is for how many such jobs environments and quotas have room, None if it is not known.
    """

    violations: tuple[Violation, ...] = ()
    warnings: tuple[str, ...] = ()
    queues_beyond: frozenset[str] = frozenset()
    room: Room | None = None


@dataclass(frozen=True, slots=True)
class _Need:
    """The vCPUs that one machine needs of a quota."""

    service: str
    code: str
    vcpus: float
    what: str


def check_quotas(
    spec: BatchSpec, queues: Sequence[QueueOfJob], quotas: Quotas, region: str
) -> CheckedQuotas:
    """Compare the machines of each queue with their quotas, with one request for each quota.

    A queue is beyond its quotas if none of its machines fits. That is a warning if another queue
    fits. So is a quota that cannot be read.

    Args:
        spec: the spec of the job.
        queues: the queues without violations.
        quotas: the account's quotas.
        region: the Region of the quotas.
    """
    needs = {queue.name: _needs_of(spec, queue) for queue in queues}
    wanted = dict.fromkeys((one.service, one.code) for found in needs.values() for one in found)
    found = {one: quotas.find(one[1], service=one[0]) for one in wanted}
    warnings = [
        f"the account's quota {quota.code} of vCPUs could not be read ({quota.problem}), so that it"
        " is not checked"
        for quota in found.values()
        if quota.vcpus is None
    ]
    beyond: dict[str, str] = {}
    for queue in queues:
        machines = [(one, found[one.service, one.code]) for one in needs[queue.name]]
        if machines and all(_is_beyond(need, quota) for need, quota in machines):
            least, quota = min(machines, key=lambda pair: pair[0].vcpus)
            beyond[queue.name] = _facts(least, quota, region)
    if beyond and len(beyond) == len(queues):
        violations = tuple(
            Violation(
                one.path, one.name, f"a queue with machines that the account may have: {text}"
            )
            for one in queues
            if (text := beyond[one.name])
        )
        return CheckedQuotas(violations, tuple(warnings))
    warnings += [f"{name} is not tried: {text}" for name, text in beyond.items()]
    tried = [one for one in queues if one.name not in beyond]
    counted = {(one.service, one.code) for queue in tried for one in needs[queue.name]}
    room = _room(spec, tried, [found[one] for one in sorted(counted)], region)
    return CheckedQuotas((), tuple(warnings), frozenset(beyond), room)


def _room(
    spec: BatchSpec, queues: Sequence[QueueOfJob], quotas: Sequence[Quota], region: str
) -> Room | None:
    """Return for how many containers of the job environments and quotas have vCPUs."""
    each = f"a job has {spec.vcpus}"
    environments = {one.arn: one for queue in queues for one in queue.usable}
    most = sum(one.max_vcpus for one in environments.values())
    names = ", ".join(one.name for one in environments.values())
    rooms = [Room(_fitting(spec, most), f"maxvCpus of {names} is {most}, and {each}")]
    if quotas and all(one.vcpus is not None for one in quotas):
        vcpus = sum(one.vcpus or 0 for one in quotas)
        names = " and ".join(f'"{one.name}"' for one in quotas)
        why = f"the quota {names} in {region} is {vcpus:g} vCPUs, and {each}"
        rooms.append(Room(_fitting(spec, vcpus), why))
    return min(rooms, key=lambda one: one.jobs) if environments else None


def _fitting(spec: BatchSpec, vcpus: float) -> int:
    return int(vcpus // float(spec.vcpus))


def _needs_of(spec: BatchSpec, queue: QueueOfJob) -> list[_Need]:
    if queue.is_fargate:
        codes = {_FARGATE_SPOT_CODE if is_spot(one) else _FARGATE_CODE for one in queue.usable}
        return [_Need(_FARGATE, code, float(spec.vcpus), "the container") for code in codes]
    found = []
    for one in fitting(spec, queue.choices):
        code = quota_code_of(one.machine.name, is_spot=one.is_spot)
        if code is None:
            return []
        found.append(_Need(_EC2, code, one.machine.vcpus, one.machine.name))
    return found


def _is_beyond(need: _Need, quota: Quota) -> bool:
    return quota.vcpus is not None and need.vcpus > quota.vcpus


def _facts(need: _Need, quota: Quota, region: str) -> str:
    return (
        f'{need.what} has {need.vcpus:g} vCPUs, and this account\'s quota "{quota.name}" in'
        f" {region} is {quota.vcpus or 0:g}. To request an increase: aws service-quotas"
        f" request-service-quota-increase --region {region} --service-code {need.service}"
        f" --quota-code {quota.code} --desired-value {need.vcpus:g}"
    )
