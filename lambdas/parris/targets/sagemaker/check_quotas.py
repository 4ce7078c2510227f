"""Checks that the account's quotas allow the instances of a job, and its run time.

What other jobs use of a quota is not counted: it may be free again when the job is launched. If it
is not, SageMaker refuses the training job, and the job tries its next type.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from parris.room import Room, together
from parris.targets.sagemaker.read_spec import is_spot
from parris.targets.sagemaker.runtime_limits import USUAL_RUNTIME_SECONDS
from parris.targets.sagemaker.spec import LONGEST_RUNTIME_SECONDS
from parris.validation.violations import Violation, shown

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from parris.payloads import Payload
    from parris.targets.sagemaker.aws.quotas import Quota, Quotas
    from parris.targets.sagemaker.rates import Machine

LONGEST_RUN_TIME = "Longest run time for a training job"
_KEY, _GROUPS, _WARM_POOL = "instance-type", "instance-groups", "keep-alive-seconds"


@dataclass(frozen=True, slots=True)
class CheckedQuotas:
    """The result: violations, warnings, and the machines that the job cannot run on, by title.

    `longest_runtime` is the quota of the run time, or None if it could not be read. `room` is for
    how many such jobs the quotas have room, None if one is not known.
    """

    violations: tuple[Violation, ...] = ()
    warnings: tuple[str, ...] = ()
    titles_beyond: frozenset[str] = frozenset()
    longest_runtime: Quota | None = None
    longest_runtime_seconds: int = USUAL_RUNTIME_SECONDS
    room: Room | None = None


@dataclass(frozen=True, slots=True)
class _Excess:
    """A machine with more instances of a type than a quota of the account allows."""

    title: str
    instance_count: int
    quota: Quota
    region: str

    @property
    def facts(self) -> str:
        return (
            f'{self.instance_count} needed, and this account\'s quota "{self.quota.name}" in'
            f" {self.region} is {self.quota.value:g}. To request an increase: {self.remedy}"
        )

    @property
    def remedy(self) -> str:
        return increase_command(self.quota, self.region, self.instance_count)


def increase_command(quota: Quota, region: str, value: int) -> str:
    """Return the command that requests a higher quota."""
    return (
        f"aws service-quotas request-service-quota-increase --region {region}"
        f" --service-code sagemaker --quota-code {quota.code} --desired-value {value}"
    )


def check_quotas(
    config: Payload, machines: Sequence[Machine], quotas: Quotas, region: str
) -> CheckedQuotas:
    """Compare the instances of each machine with the quotas of their types.

    A quota that cannot be read is a warning. So is a machine beyond its quota if another one fits.

    Args:
        config: the merged config, without invalid keys.
        machines: what the job may run on.
        quotas: the account's quotas.
        region: the Region of the quotas.
    """
    needed = {one.title: _needed(config, one) for one in machines}
    names = {LONGEST_RUN_TIME, *(name for counts in needed.values() for name in counts)}
    found = quotas.find(names)
    missing = sorted(names - found.by_name.keys())
    warnings = [
        f'the account\'s quota "{name}" could not be read ({found.problem}), so it is not checked'
        for name in missing
    ]
    excesses: dict[str, _Excess] = {}
    for title, counts in needed.items():
        for name, count in counts.items():
            quota = found.by_name.get(name)
            if quota is not None and count > quota.value:
                excesses.setdefault(title, _Excess(title, count, quota, region))
    violations: tuple[Violation, ...] = ()
    if excesses and len(excesses) == len(machines):
        key = _GROUPS if _GROUPS in config else _KEY
        violations = tuple(_violation(f"/{key}", one) for one in excesses.values())
    else:
        warnings += [f"{one.title} is not tried: {one.facts}" for one in excesses.values()]
    return CheckedQuotas(
        violations=violations,
        warnings=tuple(warnings),
        titles_beyond=frozenset() if violations else frozenset(excesses),
        longest_runtime=found.by_name.get(LONGEST_RUN_TIME),
        longest_runtime_seconds=_runtime_seconds(found.by_name),
        room=_room([needed[one] for one in needed if one not in excesses], found.by_name, region),
    )


def _room(
    needs: Sequence[Mapping[str, int]], quotas: Mapping[str, Quota], region: str
) -> Room | None:
    """Return for how many jobs the quotas have room, given what each machine needs of them."""
    rooms: dict[str, Room] = {}
    for counts in needs:
        if not counts.keys() <= quotas.keys():
            return None
        jobs, name = min((int(quotas[one].value // count), one) for one, count in counts.items())
        why = f'the quota "{name}" in {region} is {quotas[name].value:g}, and a job needs'
        room = Room(jobs, f"{why} {counts[name]}")
        rooms[name] = max(room, rooms.get(name, room), key=lambda one: one.jobs)
    return together(rooms.values())


def _needed(config: Payload, machine: Machine) -> Mapping[str, int]:
    """Return how many instances a machine needs of each quota, by its name."""
    kind = "spot training job" if is_spot(config) else "training job"
    counts: Counter[str] = Counter()
    for one in machine.groups:
        counts[f"{one.instance_type} for {kind} usage"] += one.instance_count
        if _WARM_POOL in config:
            counts[f"{one.instance_type} for training warm pool usage"] += one.instance_count
    return counts


def _runtime_seconds(by_name: Mapping[str, Quota]) -> int:
    quota = by_name.get(LONGEST_RUN_TIME)
    seconds = USUAL_RUNTIME_SECONDS if quota is None else int(quota.value)
    return min(seconds, LONGEST_RUNTIME_SECONDS)


def _violation(path: str, excess: _Excess) -> Violation:
    expected = f"instances that the account may have: {excess.facts}"
    return Violation(path, shown(excess.title), expected)
