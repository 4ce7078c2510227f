"""`parris rehearse` of jobs on AWS Batch that lose their spot instance."""

from collections.abc import Iterator
from io import StringIO

import pytest

from parris_cli.rehearsal.options import FaultOption
from parris_cli.rehearsal.run_rehearsal import (
    VirtualDeployment,
    prepare_environment,
    virtual_deployment,
)
from parris_cli.starting.job_files import find_job_files
from parris_cli.terminal.screen import Screen
from tests.end_to_end.test_rehearse_batch_jobs import (
    BY_TIME,
    HOUR,
    JOB,
    events_of,
    options_of,
    reason_of,
    rehearsed,
)

INTERRUPTED = FaultOption("spot-interruption", HOUR)


@pytest.fixture(scope="module")
def deployment() -> Iterator[VirtualDeployment]:
    with virtual_deployment(Screen(StringIO())) as running:
        options = options_of(HOUR, (INTERRUPTED,), ())
        prepare_environment(running, options, find_job_files(JOB, {}))
        yield running


@pytest.mark.long
@pytest.mark.parametrize(("attempts", "reason"), [(1, "INSTANCE_LOST"), (2, "COMPLETED")])
def test_a_job_whose_spot_instance_is_reclaimed_is_lost_or_begins_again(
    deployment: VirtualDeployment, attempts: int, reason: str
) -> None:
    settings = (*BY_TIME, f"max-attempts={attempts}")
    report = rehearsed(deployment, 4 * HOUR, INTERRUPTED, settings=settings)
    assert reason_of(report) == reason
    assert sum(" has failed: Host EC2" in one for one in events_of(report)) == 1
    assert {use.overshoot for use in report.limits} <= {0}
