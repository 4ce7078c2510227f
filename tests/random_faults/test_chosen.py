"""Rehearsals that were chosen, not drawn: what hangs, and what EC2 takes back as it uploads."""

import sys
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest

from embedded_aws.fault_injection.fault import Fault, FaultKind
from parris_cli.rehearsal.run_rehearsal import VirtualDeployment, virtual_deployment
from parris_cli.rehearsal.simulation.simulated_training import SimulatedTraining
from parris_cli.terminal.screen import Screen
from tests.random_faults.check import problems_of
from tests.random_faults.draw import COST, FIXED_TIME, ON_COMPLETE, Drawn
from tests.random_faults.rehearse import Rehearsed, rehearse_drawn

HOUR = 3600.0
LONG = pytest.mark.long
SILENT, IMPAIRED = FaultKind.MACHINE_SILENT, FaultKind.MACHINE_IMPAIRED
LOST, TIME_LIMIT, COST_LIMIT = "INSTANCE_LOST", "TIME_LIMIT", "COST_LIMIT"
# The job is launched within 90 s, and boots for 200.
BOOTING, STARTED = 110.0, 290.0


@pytest.fixture(scope="module")
def deployment() -> Iterator[VirtualDeployment]:
    with virtual_deployment(Screen(sys.stderr)) as found:
        yield found


def chosen(name: str, method: str, *faults: tuple[FaultKind, float], **other: Any) -> Drawn:
    """Return a job of three hours; `limit` is of its method, `upload` in seconds."""
    limit, upload = other.pop("limit", None), other.pop("upload", 0.0)
    key = "time-limit" if method == FIXED_TIME else "cost-limit"
    config = {
        "training-job-name": name,
        "training-script-filename": "trainer-script.sh",
        "termination-method": method,
        "instance-type": "c5.large",
        "volume-size-gib": 100,
        **({} if limit is None else {"termination-options": {key: limit}}),
        **other,
    }
    training = SimulatedTraining(3 * HOUR, boot_seconds=200, upload_seconds=upload)
    armed = tuple(Fault(kind, timedelta(seconds=seconds)) for kind, seconds in faults)
    time_limit = limit * HOUR if limit is not None and method == FIXED_TIME else None
    return Drawn(config, training, armed, time_limit, limit if method == COST else None)


@pytest.mark.parametrize(
    ("drawn", "reason"),
    [
        pytest.param(chosen("a", ON_COMPLETE, (SILENT, HOUR)), LOST, id="silent", marks=LONG),
        pytest.param(chosen("b", ON_COMPLETE, (IMPAIRED, HOUR)), LOST, id="impaired", marks=LONG),
        pytest.param(
            chosen("c", ON_COMPLETE, (SILENT, BOOTING)),
            "LAUNCH_FAILED",
            id="as it boots",
            marks=LONG,
        ),
        pytest.param(
            chosen("d", FIXED_TIME, (SILENT, HOUR), limit=2.0), TIME_LIMIT, id="at its time limit"
        ),
        pytest.param(
            chosen("e", COST, (SILENT, HOUR), limit=0.2),
            COST_LIMIT,
            id="at its cost limit",
            marks=LONG,
        ),
        pytest.param(
            chosen("f", FIXED_TIME, (SILENT, HOUR), (FaultKind.THROTTLED, 1.9 * HOUR), limit=2.0),
            TIME_LIMIT,
            id="at its time limit, as EC2 refuses calls",
            marks=LONG,
        ),
        pytest.param(
            chosen("g", ON_COMPLETE, (SILENT, STARTED + 3 * HOUR + 300), upload=900.0),
            "COMPLETED",
            id="as it uploads",
            marks=LONG,
        ),
    ],
)
def test_a_machine_that_hangs_is_ended(
    deployment: VirtualDeployment, drawn: Drawn, reason: str
) -> None:
    one = rehearse_drawn(deployment, drawn)
    assert (one.reason, problems_of(one)) == (reason, [])


def test_a_spot_machine_that_ec2_takes_back_as_it_uploads_keeps_its_volume(
    deployment: VirtualDeployment,
) -> None:
    taken_at = STARTED + 3 * HOUR + 60
    fault = (FaultKind.SPOT_INTERRUPTION, taken_at)
    options: dict[str, Any] = {"purchase-option": "spot"}
    one = rehearse_drawn(deployment, chosen("h", ON_COMPLETE, fault, upload=1140.0, **options))
    assert (one.reason, problems_of(one)) == ("COMPLETED", [])
    assert ended_at(one) == one.submitted_at + timedelta(seconds=taken_at + 120)
    assert {volume.id for volume in one.truth.volumes.values()} <= one.kept


@LONG
def test_a_stopped_machine_of_which_no_event_told_is_reported_until_it_was_seen(
    deployment: VirtualDeployment,
) -> None:
    """Its kept volume is billed all the while, and is counted until the run has ended."""
    options: dict[str, Any] = {"on-termination": "stop-instance"}
    # Those of its exit report and of its end. The reaper wakes the run, up to an hour later.
    lost = [(FaultKind.LOST_EVENT, STARTED)] * 2
    one = rehearse_drawn(deployment, chosen("i", FIXED_TIME, *lost, limit=14.0, **options))
    assert (one.reason, problems_of(one)) == ("COMPLETED", [])
    machine_ended_at = ended_at(one)
    assert machine_ended_at is not None
    assert one.ended_at > machine_ended_at + timedelta(minutes=30)


def ended_at(one: Rehearsed) -> datetime | None:
    (machine,) = one.truth.instances.values()
    return machine.ended_at
