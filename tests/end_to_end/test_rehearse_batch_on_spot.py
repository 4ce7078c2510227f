"""`parris rehearse` of jobs on AWS Batch that lose their spot instance."""

from collections.abc import Iterator

import pytest

from parris_cli.rehearsal.options import FaultOption
from parris_cli.rehearsal.run_rehearsal import VirtualDeployment
from tests.end_to_end.rehearsed import BY_TIME, HOUR, deployment_for, reason_of, rehearsed
from tests.end_to_end.test_rehearse_batch_jobs import JOB, events_of

INTERRUPTED = FaultOption("spot-interruption", HOUR)


@pytest.fixture(scope="module")
def deployment() -> Iterator[VirtualDeployment]:
    with deployment_for(JOB, INTERRUPTED) as running:
        yield running


@pytest.mark.long
@pytest.mark.parametrize(("attempts", "reason"), [(1, "INSTANCE_LOST"), (2, "COMPLETED")])
def test_a_job_whose_spot_instance_is_reclaimed_is_lost_or_begins_again(
    deployment: VirtualDeployment, attempts: int, reason: str
) -> None:
    settings = (*BY_TIME, f"max-attempts={attempts}")
    report = rehearsed(deployment, JOB, 4 * HOUR, INTERRUPTED, settings=settings)
    assert reason_of(report) == reason
    assert sum(" has failed: Host EC2" in one for one in events_of(report)) == 1
    assert {use.overshoot for use in report.limits} <= {0}
