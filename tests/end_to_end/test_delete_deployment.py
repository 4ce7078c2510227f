"""A deployment is deleted while jobs run: they end as if somebody had asked for it."""

import json
import time
from typing import Any

from cli.start_job import StartedJob
from tests.end_to_end.deployment import ENDLESS, Deployed

SAVES_WHEN_TOLD = f"""
trap 'echo saved > "$PARRIS_RESULTS_DIR/checkpoint"; exit 0' TERM
echo started
{ENDLESS}"""
LONGEST_DELETION_SECONDS = 90


def delete(deployed: Deployed) -> dict[str, Any]:
    """Delete the deployment's stack and return its description once that is over."""
    formation = deployed.account.cloudformation
    stack_id = formation.describe_stacks(StackName="parris")["Stacks"][0]["StackId"]
    formation.delete_stack(StackName="parris")
    deadline = time.monotonic() + LONGEST_DELETION_SECONDS
    while True:
        stack: Any = formation.describe_stacks(StackName=stack_id)["Stacks"][0]
        if stack["StackStatus"] != "DELETE_IN_PROGRESS":
            return dict(stack)
        assert time.monotonic() < deadline
        time.sleep(0.3)


def record_of(deployed: Deployed, job: StartedJob) -> dict[str, Any]:
    folder = deployed.folder_of(job)
    body = deployed.account.s3.get_object(Bucket=folder.bucket, Key=folder.record_key)["Body"]
    record: dict[str, Any] = json.loads(body.read())["outcome"]
    return record


def test_jobs_that_run_are_aborted_with_their_results_before_their_deployment_goes(
    deployed: Deployed,
) -> None:
    jobs = [deployed.start(name, SAVES_WHEN_TOLD) for name in ("first", "second")]
    kept = deployed.start("kept", SAVES_WHEN_TOLD, on_termination="stop-instance")
    for job in (*jobs, kept):
        deployed.wait_for_file(job, "started.json", within_seconds=60)

    shown = delete(deployed)
    assert shown["StackStatus"] == "DELETE_COMPLETE", shown.get("StackStatusReason")
    for job in (*jobs, kept):
        assert record_of(deployed, job)["reason"] == "ABORTED"
        assert deployed.results_of(job) == {"checkpoint": "saved\n"}
