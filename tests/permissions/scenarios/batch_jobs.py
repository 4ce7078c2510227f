"""Jobs on AWS Batch, in the environment that `parris deploy --with batch` makes."""

from __future__ import annotations

import threading
import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from parris_cli.deployment.embedded_environment import deploy_environment
from parris_cli.project_files import PROJECT
from parris_cli.starting.job_files import find_job_files
from parris_cli.stopping.request_stop import request_stop
from tests.permissions.scenarios.scenario import SECONDS, STOPS_ON_SIGNAL, reap, require_reason

if TYPE_CHECKING:
    from embedded_aws import EmbeddedAws
    from parris_cli.starting.start_job import StartedJob
    from tests.end_to_end.deployment import Deployed

# Public, so that its repository is not looked for.
_IMAGE = "public.ecr.aws/docker/library/python:3.13-slim"
_SAVES = 'echo 1 > "$PARRIS_RESULTS_DIR/result"\n'
_DEPLOYING = threading.Lock()


def run_in_container(deployed: Deployed, aws: EmbeddedAws) -> None:
    """Run a script with a cost limit, on a machine whose price is read."""
    options = {"cost-limit": 5}
    method = {"termination_method": "around-cost-threshold", "termination_options": options}
    require_reason(
        deployed.end_of(_start(deployed, "boxed", _SAVES, **method), SECONDS), "COMPLETED"
    )


def failed_by_the_image(deployed: Deployed, aws: EmbeddedAws) -> None:
    """Run the image's own command, whose log is read for the cause."""
    own = {
        "run_image_command": True,
        "command": ["sh", "-c", "echo no data; exit 3"],
        "training_script_filename": None,
    }
    ended = deployed.end_of(_start(deployed, "own-command", "", **own), SECONDS)
    require_reason(ended, "SCRIPT_FAILED")
    assert "no data" in ended.cause


def stopped_in_container(deployed: Deployed, aws: EmbeddedAws) -> None:
    """Request the stop of a job that saves, after the reaper has found it alive."""
    started = start_in_container(deployed, "stop-boxed")
    reap(aws)
    assert request_stop(deployed.account, "stop-boxed", started.execution_arn, datetime.now(UTC))
    require_reason(deployed.end_of(started, SECONDS), "ABORTED")


def replaced_in_container(deployed: Deployed, aws: EmbeddedAws) -> None:
    """Let one run replace another whose container runs."""
    first = start_in_container(deployed, "replaced-boxed")
    second = _start(deployed, "replaced-boxed", _SAVES, stack_replacement=True)
    require_reason(deployed.end_of(first, SECONDS), "SUPERSEDED")
    require_reason(deployed.end_of(second, SECONDS), "COMPLETED")


def second_attempt_in_container(deployed: Deployed, aws: EmbeddedAws) -> None:
    """Run once more, because the first container is terminated in Batch's console."""
    script = f'[ "$PARRIS_ATTEMPT" = 2 ] && exit 0\n{STOPS_ON_SIGNAL}'
    started = _start(deployed, "second-boxed", script, max_attempts=2)
    deployed.wait_for_file(started, "started.json", SECONDS)
    batch = aws.client("batch")
    (found,) = [
        one
        for one in batch.list_jobs(jobQueue="parris-batch", jobStatus="RUNNING")["jobSummaryList"]
        if one["jobName"].startswith("second-boxed-")
    ]
    batch.terminate_job(jobId=found["jobId"], reason="by hand")
    require_reason(deployed.end_of(started, SECONDS), "COMPLETED")


def abandoned_in_container(deployed: Deployed, aws: EmbeddedAws) -> None:
    """Stop an execution whose container runs, which a cleanup ends."""
    started = start_in_container(deployed, "abandoned-boxed")
    aws.client("stepfunctions").stop_execution(executionArn=started.execution_arn)
    ends_at = time.monotonic() + SECONDS
    while deployed.left_of(started):
        assert time.monotonic() < ends_at, "the cleanup has left something"
        time.sleep(0.5)


def start_in_container(deployed: Deployed, name: str) -> StartedJob:
    """Start a job that runs until it is stopped, and return when it does."""
    started = _start(deployed, name, STOPS_ON_SIGNAL, termination_options={"save-grace-seconds": 1})
    deployed.wait_for_file(started, "started.json", SECONDS)
    return started


def _start(deployed: Deployed, name: str, script: str, **config: Any) -> StartedJob:
    given = {"target": "batch", "image": _IMAGE, "instance_type": None, **config}
    with _DEPLOYING:
        # The first scenario deploys it. It changes nothing afterwards.
        files = find_job_files(PROJECT / "config" / "batch" / "job.json", {})
        deploy_environment(deployed.account, files, None)
    return deployed.start(name, script, **given)
