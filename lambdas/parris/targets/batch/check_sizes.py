"""Checks that the machines of a config's queues are large enough for its container."""

from __future__ import annotations

from typing import TYPE_CHECKING

from parris.ec2.instance_types import is_burstable
from parris.targets.batch.fargate import MEMORY_MIB_BY_VCPUS
from parris.validation.violations import Violation, shown
from parris.wording import counted

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from collections.abc import Set as AbstractSet

    from parris.payloads import Payload
    from parris.targets.batch.compute import MachineType
    from parris.targets.batch.read_queues import MachineChoice, QueueOfJob
    from parris.targets.batch.spec import BatchSpec

_VCPUS, _MEMORY, _GPUS = "vcpus", "memory-mib", "gpus"
_ONLY_ON_FARGATE = ("ephemeral-storage-gib", "assign-public-ip", "architecture")
_NOT_ON_FARGATE = (_GPUS, "shared-memory-mib")
_USABLE_SHARE = 0.94
"""The share of a type's memory that a container surely gets; the rest is for the system.
Source: https://docs.aws.amazon.com/batch/latest/userguide/memory-management.html"""


def find_size_violations(
    config: Payload, spec: BatchSpec, queue: QueueOfJob, wrong: AbstractSet[str]
) -> Iterator[Violation]:
    """Yield what a queue's machines do not have for the container.

    Args:
        config: the merged config, without invalid keys.
        spec: the spec of the job.
        queue: one of its queues, which has usable environments.
        wrong: the keys that are invalid, and therefore are not in the config.
    """
    if queue.is_fargate:
        yield from _find_fargate_violations(config, spec, queue, wrong)
    else:
        yield from _find_machine_violations(spec, queue, wrong)
    most = max((one.max_vcpus for one in queue.usable), default=0)
    if _VCPUS not in wrong and float(spec.vcpus) > most:
        expected = f"at most {most}, the maxvCpus of the compute environment of {queue.name}"
        yield Violation(f"/{_VCPUS}", spec.vcpus, expected)


def find_keys_of_other_machines(
    config: Payload, queues: Sequence[QueueOfJob]
) -> Iterator[Violation]:
    """Yield the keys that mean nothing on the machines of any queue."""
    usable = [one for one in queues if one.usable]
    if usable and not any(one.is_fargate for one in usable):
        for key in _ONLY_ON_FARGATE:
            if key in config:
                expected = f"no such key: {usable[0].name} runs jobs on EC2 instances"
                yield Violation(f"/{key}", shown(config[key]), expected)
    for queue in usable:
        for key in _NOT_ON_FARGATE if queue.is_fargate else ():
            if config.get(key):
                expected = f"no such key: {queue.name} runs jobs on Fargate"
                yield Violation(f"/{key}", shown(config[key]), expected)


def fitting(spec: BatchSpec, choices: Sequence[MachineChoice]) -> tuple[MachineChoice, ...]:
    """Return the choices that are large enough for the container."""
    return tuple(one for one in choices if not _lacks(spec, one.machine))


def memory_warnings(spec: BatchSpec, queue: QueueOfJob) -> tuple[str, ...]:
    """Return a warning if the container needs nearly all the memory of each type that it fits."""
    found = fitting(spec, queue.choices)
    if not found or any(spec.memory_mib <= one.machine.memory_mib * _USABLE_SHARE for one in found):
        return ()
    largest = max(one.machine.memory_mib for one in found)
    return (
        f"{_MEMORY}: {spec.memory_mib} MiB may be more than a machine of {queue.name} offers: of"
        f" {largest} MiB the system takes a part. The job then ends as NO_CAPACITY",
    )


def burstable_warnings(spec: BatchSpec, queue: QueueOfJob) -> tuple[str, ...]:
    """Return a warning if the queue may choose a type whose CPU credits may cost extra."""
    kinds = sorted(
        {one.machine.name for one in fitting(spec, queue.choices) if is_burstable(one.machine.name)}
    )
    if not kinds:
        return ()
    return (
        f"{queue.name} may use {', '.join(kinds)}: surplus CPU credits, which the estimate does not"
        " count, are billed unless the launch template of its compute environment sets the credits"
        " to standard",
    )


def _find_fargate_violations(
    config: Payload, spec: BatchSpec, queue: QueueOfJob, wrong: AbstractSet[str]
) -> Iterator[Violation]:
    sizes = MEMORY_MIB_BY_VCPUS.get(spec.vcpus)
    if sizes is None and _VCPUS not in wrong:
        expected = f"{', '.join(MEMORY_MIB_BY_VCPUS)}: {queue.name} runs jobs on Fargate"
        yield Violation(f"/{_VCPUS}", spec.vcpus, expected)
    if sizes is not None and _MEMORY not in wrong and spec.memory_mib not in sizes:
        default = "" if _MEMORY in config else " by default"
        expected = f"a size that Fargate has with {spec.vcpus} vCPUs: {_in_words(sizes)} MiB"
        yield Violation(f"/{_MEMORY}", f"{spec.memory_mib}{default}", expected)


def _find_machine_violations(
    spec: BatchSpec, queue: QueueOfJob, wrong: AbstractSet[str]
) -> Iterator[Violation]:
    machines = [one.machine for one in queue.choices]
    if not machines:
        names = ", ".join(name for one in queue.usable for name in one.instance_types)
        expected = "a queue whose compute environments have instance types of this Region"
        yield Violation(queue.path, f"{queue.name}, with {names or 'no types'}", expected)
        return
    if _VCPUS not in wrong and not float(spec.vcpus).is_integer():
        expected = f"a whole number: {queue.name} runs jobs on EC2 instances"
        yield Violation(f"/{_VCPUS}", spec.vcpus, expected)
        return
    missing = {
        key for key in (_VCPUS, _MEMORY, _GPUS) if all(key in _lacks(spec, one) for one in machines)
    }
    for key in sorted(missing - wrong):
        yield _too_much(key, spec, queue, machines)
    if not missing and not wrong & {_VCPUS, _MEMORY, _GPUS} and not fitting(spec, queue.choices):
        actual = f"{spec.memory_mib} beside {spec.vcpus} vCPUs and {counted(spec.gpus, 'GPU')}"
        expected = f"what one machine of {queue.name} has together: {_list_of(machines)}"
        yield Violation(f"/{_MEMORY}", actual, expected)


def _lacks(spec: BatchSpec, machine: MachineType) -> set[str]:
    """Return the keys of what a machine does not have."""
    lacking = {
        _VCPUS: float(spec.vcpus) > machine.vcpus,
        # The system takes a part of the memory.
        _MEMORY: spec.memory_mib >= machine.memory_mib,
        _GPUS: spec.gpus > machine.gpus,
    }
    return {key for key, is_lacking in lacking.items() if is_lacking}


def _too_much(
    key: str, spec: BatchSpec, queue: QueueOfJob, machines: Sequence[MachineType]
) -> Violation:
    actual, most = {
        _VCPUS: (spec.vcpus, f"at most {max(one.vcpus for one in machines)}"),
        _MEMORY: (f"{spec.memory_mib}", f"less than {max(one.memory_mib for one in machines)}"),
        _GPUS: (f"{spec.gpus}", f"at most {max(one.gpus for one in machines)}"),
    }[key]
    expected = f"{most}, which the largest machine of {queue.name} has: {_list_of(machines)}"
    return Violation(f"/{key}", actual, expected)


def _list_of(machines: Sequence[MachineType]) -> str:
    names = list(dict.fromkeys(one.name for one in machines))
    more = f" and {len(names) - 5} more" if len(names) > 5 else ""
    return ", ".join(names[:5]) + more


def _in_words(sizes: Sequence[int]) -> str:
    if len(sizes) <= 4:
        return ", ".join(map(str, sizes))
    return f"{sizes[0]} to {sizes[-1]} in steps of {sizes[1] - sizes[0]}"
