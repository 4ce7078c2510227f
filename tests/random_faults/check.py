"""What must hold of every rehearsal, whatever goes wrong; a line for each thing that does not."""

import math
from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal

from embedded_aws.fault_injection.fault import FaultKind
from embedded_aws.fault_injection.plan import THROTTLED_FOR
from tests.random_faults.bill import bill_usd, on_demand_usd_per_hour, volume_usd_per_hour
from tests.random_faults.oracle import allowed_reasons, hung_at
from tests.random_faults.rehearse import Rehearsed

MOST_HISTORY_EVENTS = 2_000
"""AWS ends an execution at 25,000."""
REPORTED_SHARE = Decimal("1.10")
"""By how much a report may be above the bill: storage is counted by the shortest month."""
REPORTED_LATER = timedelta(minutes=25)
"""By how much longer than it was there a machine or a volume may be reported: what EC2 does not
tell is counted until it was seen to be gone."""

_HOUR_SECONDS = Decimal(3600)
# The clock of an API counts whole seconds.
_ROUNDING = timedelta(seconds=1)
_ROUNDING_USD = Decimal("0.0002")
_REJECTED = "CONFIG_REJECTED"


def problems_of(one: Rehearsed) -> list[str]:
    """Return what does not hold; nothing where all is well."""
    if one.status == "RUNNING":
        return ["the execution has not ended"]
    return [
        *_wrong_reason(one),
        *_left(one),
        *_exceeded(one),
        *_misreported(one),
        *_unrecorded(one),
    ]


def _wrong_reason(one: Rehearsed) -> Iterator[str]:
    allowed = allowed_reasons(one)
    if one.reason not in allowed:
        expected = " or ".join(sorted(allowed)) or "no end that is known"
        yield f"wrong reason: {one.reason}, expected {expected} ({one.cause[:200]})"


def _left(one: Rehearsed) -> Iterator[str]:
    for instance in one.truth.instances.values():
        if instance.ended_at is None:
            yield f"left running: {instance.id}, {instance.state}"
        elif instance.state != "terminated" and instance.id not in one.kept:
            yield f"left and not in kept: {instance.id}, {instance.state}"
    for volume in one.truth.volumes.values():
        if volume.gone_at is None and volume.id not in one.kept:
            yield f"left and not in kept: {volume.id} of {volume.gib} GiB"
    for stack in one.left_stacks:
        if not one.kept or stack != one.outcome.get("launch_id"):
            yield f"left and not in the outcome: {stack}"


def _exceeded(one: Rehearsed) -> Iterator[str]:
    blind = _unheld(one)
    if one.drawn.time_limit_seconds is not None:
        limit = timedelta(seconds=one.drawn.time_limit_seconds) + _ROUNDING + blind
        for instance in one.truth.instances.values():
            # EC2 switches a system off that hangs when it has waited for it, and bills none of it.
            is_hung = hung_at(one, instance) is not None
            until = (instance.billed_until if is_hung else None) or instance.ended_at
            ran = (until or one.ended_at) - instance.launched_at
            if ran > limit:
                yield f"time limit exceeded by {ran - limit + blind}"
    if one.drawn.cost_limit_usd is not None:
        usd = bill_usd(one.truth, one.kept, one.ended_at)
        over = usd - Decimal(str(one.drawn.cost_limit_usd))
        if over > _ROUNDING_USD + _usd_of(one, blind):
            yield f"cost limit exceeded by {over:.4f} USD of {usd:.4f}"


def _unheld(one: Rehearsed) -> timedelta:
    """Return for how long nothing can end a machine whose runner has not started or hangs: EC2
    refuses every call, and its own timer comes 15 minutes after the limit, or does not work.
    """
    drawn = one.drawn
    boots_late = drawn.training.boot_seconds >= (drawn.time_limit_seconds or math.inf) * 0.8
    is_hung = any(hung_at(one, instance) for instance in one.truth.instances.values())
    if not drawn.moments_of(FaultKind.NEVER_BOOTS) and not boots_late and not is_hung:
        return timedelta(0)
    return len(drawn.moments_of(FaultKind.THROTTLED)) * (THROTTLED_FOR + timedelta(minutes=5))


def _misreported(one: Rehearsed) -> Iterator[str]:
    text = one.outcome.get("estimated_cost_usd")
    if not one.truth.instances:
        return
    if text is None:
        yield "no cost is reported"
        return
    reported, usd = Decimal(str(text)), bill_usd(one.truth, one.kept, one.ended_at)
    if reported + _ROUNDING_USD < usd:
        yield f"reported too little: {reported} USD, billed {usd:.4f}"
    # What is kept is reported until the run has ended, and may be kept long before that is seen.
    usd = bill_usd(one.truth, set(), one.ended_at)
    most = usd * REPORTED_SHARE + _usd_of(one, REPORTED_LATER) + _ROUNDING_USD
    if reported > most:
        yield f"reported too much: {reported} USD, billed {usd:.4f}"


def _usd_of(one: Rehearsed, length: timedelta) -> Decimal:
    """Return what all of a job costs in that time."""
    config = one.drawn.config
    usd_per_hour = on_demand_usd_per_hour(str(config["instance-type"])) + volume_usd_per_hour(
        int(config["volume-size-gib"])
    )
    return usd_per_hour * Decimal(str(length.total_seconds())) / _HOUR_SECONDS


def _unrecorded(one: Rehearsed) -> Iterator[str]:
    if one.history_events > MOST_HISTORY_EVENTS:
        yield f"the history has {one.history_events} events"
    if one.record is None and one.reason != _REJECTED and one.truth.instances:
        yield "there is no record"
    recorded = (one.record or {}).get("outcome", {}).get("reason")
    if recorded is not None and recorded != one.reason:
        yield f"the record says {recorded}, the execution {one.reason}"
