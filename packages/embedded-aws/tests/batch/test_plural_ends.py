"""CancelJobs and TerminateJobs end several jobs at once."""

from pathlib import Path

import pytest
from botocore.exceptions import ClientError

from embedded_aws_helpers.batch import run_to_end, run_until_status, submit, virtual_batch
from embedded_aws_helpers.idle_containers import IdleContainers


def test_several_jobs_are_ended_and_unknown_ones_are_no_error(tmp_path: Path) -> None:
    with virtual_batch(tmp_path, IdleContainers(exits_after_seconds=600)) as (aws, clock):
        batch = aws.client("batch")
        running = submit(aws)
        run_until_status(aws, clock, running, "RUNNING")
        waiting = submit(aws)
        batch.cancel_jobs(jobs=[running, waiting], reason="late")
        cancelled = run_to_end(aws, clock, waiting)
        done = batch.terminate_jobs(jobs=[running, "unknown"], reason="enough")
        terminated = run_to_end(aws, clock, running)
        with pytest.raises(ClientError, match="1 to 50"):
            batch.terminate_jobs(jobs=["job"] * 51, reason="enough")

    assert (done["successful"], done["errors"]) == ([running, "unknown"], [])
    assert (cancelled["statusReason"], cancelled["isCancelled"]) == ("late", True)
    assert (terminated["statusReason"], terminated["isTerminated"]) == ("enough", True)
