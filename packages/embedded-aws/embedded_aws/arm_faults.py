"""Schedules faults in the running embedded AWS."""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any

from moto.ec2.models import ec2_backends

from embedded_aws.batch_jobs.lost_hosts import interrupt_batch_jobs, lose_batch_hosts
from embedded_aws.batch_jobs.running import hang_batch_jobs
from embedded_aws.context import current
from embedded_aws.fault_injection.fault import Fault, FaultKind
from embedded_aws.fault_injection.plan import faults as fault_plan
from embedded_aws.gaps.ec2.instance_status import impair
from embedded_aws.instances.interruption import interrupt_spot_instance
from embedded_aws.instances.lifecycle import STOP, begin_end, hang_instance, kill_instance
from embedded_aws.training_jobs.running import hang_jobs, interrupt_spot_jobs, lose_jobs


def arm(faults: Iterable[Fault], submitted_at: datetime) -> None:
    """Schedule faults.

    Args:
        faults: what goes wrong.
        submitted_at: the time that the faults are relative to, by the clock of the embedded AWS.
    """
    plan, clock = fault_plan(), current().clock
    for fault in faults:
        timestamp = submitted_at + fault.at
        if fault.kind in _ACTIONS:
            clock.call_at(timestamp, _ACTIONS[fault.kind])
        else:
            plan.add(fault.kind, timestamp)


def _kill_running() -> None:
    for instance in _running():
        kill_instance(instance)
    lose_jobs()
    lose_batch_hosts()


def _interrupt_running() -> None:
    for instance in _running():
        if instance.lifecycle == "spot":
            interrupt_spot_instance(instance.id)
    interrupt_spot_jobs()
    interrupt_batch_jobs()


def _hang_running() -> None:
    for instance in _running():
        hang_instance(instance)
    hang_jobs()
    hang_batch_jobs()


def _impair_running() -> None:
    for instance in _running():
        hang_instance(instance)
        impair(instance, current().clock.now())
    hang_jobs()
    hang_batch_jobs()


def _stop_running() -> None:
    for instance in _running():
        begin_end(instance, STOP)


def _running() -> list[Any]:
    settings = current().settings
    backend = ec2_backends[settings.account_id][settings.region]
    return [one for one in backend.all_instances() if one.state == "running"]


_ACTIONS: Mapping[FaultKind, Callable[[], None]] = {
    FaultKind.INSTANCE_KILLED: _kill_running,
    FaultKind.SPOT_INTERRUPTION: _interrupt_running,
    FaultKind.MACHINE_SILENT: _hang_running,
    FaultKind.MACHINE_IMPAIRED: _impair_running,
    FaultKind.SERVER_STOPPED: _stop_running,
}
