"""The offers of a config: its queues, with what the job costs on their machines."""

from __future__ import annotations

from typing import TYPE_CHECKING

from parris.costs.offer import Offer
from parris.durations import duration
from parris.ec2.parts import INSTANCE
from parris.limits import LONGEST_JOB_SECONDS
from parris.liveness import DEFAULT_BOOT_TIMEOUT_SECONDS
from parris.targets.batch.fargate import LONGEST_SECONDS
from parris.targets.batch.read_queues import is_spot
from parris.targets.batch.spec import ARM64, LONGEST_START_SECONDS, ON_DEMAND, SPOT, X86_64

if TYPE_CHECKING:
    from parris.payloads import Payload
    from parris.targets.batch.rates import QueueRate
    from parris.targets.batch.spec import BatchSpec

_LISTED_TYPES = 20
"""A state's payload has the types of each queue, the dearest first."""

VARYING_PRICE = "the dearest machine that the queue may choose"


def offer_of(found: QueueRate, spec: BatchSpec) -> Offer:
    """Return the offer of a queue."""
    queue = found.queue
    is_arm = any(one.machine.is_arm for one in queue.choices)
    architecture = ARM64 if is_arm else X86_64
    option = SPOT if any(is_spot(one) for one in queue.usable) else ON_DEMAND
    details: Payload = {
        "job_queue": queue.name,
        "machine": found.machine,
        "purchase_option": option,
    }
    if found.instance_types:
        details["instance_types"] = list(found.instance_types[:_LISTED_TYPES])
    idle_minutes = _idle_minutes(found)
    if idle_minutes:
        details["idle_minutes"] = idle_minutes
    return Offer(
        title=f"{found.machine} of {queue.name}",
        rate=found.rate,
        boot_timeout_seconds=DEFAULT_BOOT_TIMEOUT_SECONDS,
        spec={
            "job_queue": queue.name,
            "is_fargate": queue.is_fargate,
            "purchase_option": option,
            "architecture": spec.architecture if queue.is_fargate else architecture,
            "instance_types": list(found.instance_types[:_LISTED_TYPES]),
            "bid_percentage": max((one.bid_percentage for one in queue.usable), default=100),
        },
        details=details,
        longest_seconds=LONGEST_SECONDS if queue.is_fargate else LONGEST_JOB_SECONDS,
    )


def idle_warnings(found: QueueRate) -> tuple[str, ...]:
    """Return a warning if the environment keeps, and pays for, a machine without a job."""
    minutes = _idle_minutes(found)
    if not minutes or found.rate is None:
        return ()
    instance = found.rate.component(INSTANCE)
    usd = "" if instance is None else f", up to {instance.usd_per_hour * minutes / 60:.4f} USD"
    return (
        f"{found.queue.name} keeps an idle machine for {minutes} minutes after its last job{usd},"
        " which the limits of the job do not include",
    )


def pull_warnings(found: QueueRate, spec: BatchSpec) -> tuple[str, ...]:
    """Return a warning about what Fargate bills before the container runs."""
    if not found.queue.is_fargate or found.rate is None:
        return ()
    longest_seconds = spec.runnable_timeout_seconds + LONGEST_START_SECONDS
    usd = found.rate.usd_per_hour * longest_seconds / 3600
    return (
        f"{found.queue.name}: Fargate bills a container from the pull of its image on, and the"
        " limits count from its start. A job that has not started within"
        f" {duration(longest_seconds)} is ended, so this costs at most {usd:.4f} USD",
    )


def _idle_minutes(found: QueueRate) -> int:
    if found.queue.is_fargate:
        return 0
    return max((one.idle_minutes for one in found.queue.usable), default=0)
