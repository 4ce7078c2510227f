"""The offers of a config: the instances that its job may run on, with their prices."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from parris.costs.cost import reserve_usd
from parris.costs.offer import Offer
from parris.targets.sagemaker.check_runtime import runtime_details
from parris.targets.sagemaker.instance_families import default_pending_timeout_seconds
from parris.targets.sagemaker.rates import Machine
from parris.targets.sagemaker.runtime_limits import STOP_GRACE_SECONDS, upload_allowance_seconds
from parris.targets.sagemaker.spec import LONGEST_RUNTIME_SECONDS, InstanceGroup
from parris.validation.semantics import texts_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from parris.payloads import Payload
    from parris.targets.sagemaker.check_quotas import CheckedQuotas
    from parris.targets.sagemaker.rates import FoundRates
    from parris.targets.sagemaker.spec import SageMakerSpec

_LONGEST_START_SECONDS = 3_600
"""How long a training job may take until its script starts, beside its wait for instances: it
downloads its image and its data first."""


def machines_in(config: Payload, spec: SageMakerSpec, rates: FoundRates) -> tuple[Machine, ...]:
    """Return what the job may run on, in order of preference: groups are one machine."""
    if spec.instance_groups:
        title = " + ".join(_title(one) for one in spec.instance_groups)
        rate = rates.rate_of(spec, spec.instance_groups)
        return (Machine(title, spec.instance_groups, rate),)
    machines = []
    for kind in texts_of(config, "instance-type"):
        group = InstanceGroup("", kind, spec.instance_count)
        machines.append(Machine(_title(group), (group,), rates.rate_of(spec, [group])))
    return tuple(machines)


def offer_of(machine: Machine, spec: SageMakerSpec) -> Offer:
    """Return the offer of a machine."""
    pending_seconds = spec.pending_timeout_seconds
    if pending_seconds is None:
        timeouts = [default_pending_timeout_seconds(one.instance_type) for one in machine.groups]
        pending_seconds = max((one for one in timeouts if one is not None), default=None)
    kinds = [one.instance_type for one in machine.groups]
    details: Payload = {
        "instance_type": ", ".join(kinds),
        "instance_count": sum(one.instance_count for one in machine.groups),
    }
    if spec.keep_alive_seconds:
        usd = None if machine.rate is None else str(reserve_usd(machine.rate))
        details["warm_pool"] = {"keep_alive_seconds": spec.keep_alive_seconds, "most_usd": usd}
    return Offer(
        title=machine.title,
        rate=machine.rate,
        boot_timeout_seconds=_boot_timeout_seconds(spec, pending_seconds),
        spec={
            "instance_type": "" if spec.instance_groups else kinds[0],
            "pending_timeout_seconds": pending_seconds,
        },
        details=details,
    )


def with_runtime_details(
    config: Payload, offers: Sequence[Offer], quotas: CheckedQuotas
) -> tuple[Offer, ...]:
    """Return the offers with what the quote says of their longest run time."""
    runtime_seconds = quotas.longest_runtime_seconds
    upload_seconds = upload_allowance_seconds(runtime_seconds)
    return tuple(
        dataclasses.replace(
            one,
            details=one.details | runtime_details(config, one, quotas),
            longest_seconds=runtime_seconds + STOP_GRACE_SECONDS + upload_seconds,
        )
        for one in offers
    )


def _boot_timeout_seconds(spec: SageMakerSpec, pending_seconds: int | None) -> int:
    """Return how long the job may wait for instances and then download, before its script starts.

    Managed spot training waits for capacity until its own longest wait is over.
    """
    if spec.is_spot:
        return _LONGEST_START_SECONDS + (spec.max_wait_seconds or LONGEST_RUNTIME_SECONDS)
    return _LONGEST_START_SECONDS + (pending_seconds or 0)


def _title(group: InstanceGroup) -> str:
    if group.instance_count == 1:
        return group.instance_type
    return f"{group.instance_count} x {group.instance_type}"
