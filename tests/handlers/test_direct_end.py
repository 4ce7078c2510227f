"""What is billed is ended first and directly, so that a stack that stays costs nothing."""

from datetime import timedelta
from typing import Any

import pytest

import confirm_ended
from embedded_aws import EmbeddedAws
from embedded_aws.context import current
from embedded_aws.fault_injection.fault import FaultKind
from embedded_aws.fault_injection.plan import faults
from parris.entrypoint import Deps
from parris.errors import AwsDeniedError
from parris.payloads import Payload, part_of
from tests.builders import a_job
from tests.handlers.conftest import ec2_of, put_json
from tests.handlers.test_ending import NOW, until
from tests.handlers.test_retention import Left, a_state, end

SAVED: dict[str, Any] = {
    "ended_by": "script",
    "is_final": True,
    "exit_status": 0,
    "signal": None,
    "ended_at": NOW,
    "last_log_lines": [],
    "results": {"complete": True},
}
LATER, NEXT_DAY = NOW.replace("T00:00", "T00:10"), NOW.replace("-21T", "-22T")


def fail_the_next_deletion() -> None:
    faults().add(FaultKind.DELETE_FAILED, current().clock.now() - timedelta(seconds=1))


def test_an_instance_and_its_volume_are_gone_although_their_stack_cannot_be_deleted(
    deps: Deps, aws: EmbeddedAws
) -> None:
    job, left = a_job(), Left(aws, is_volume_deleted=False)
    left.stop()
    put_json(aws, job.folder.exit_key, SAVED)
    fail_the_next_deletion()
    state = a_state(job, left)

    assert end(deps, state)["step"] == "deleting"
    left.wait_until("terminated")
    until(left.stack, "StackStatus", "DELETE_FAILED")
    seen = confirm_ended.run({"state": state, "now": NOW}, deps)
    assert (seen["state"], seen["next_check_seconds"]) == ("end-again", 1)
    state["confirmed"] = seen
    # The volume goes at once; the stack is tried again after its pause.
    assert end(deps, state)["deletions"] == 1
    assert ec2_of(deps).volumes.all_of(job.execution_arn) == ()
    seen = confirm_ended.run({"state": state, "now": LATER}, deps)
    assert (seen["state"], seen["next_check_seconds"]) == ("end-again", 30)
    assert seen["machine_ended_at"] is not None
    assert seen["part_ends"] == {"volume": LATER}

    assert end(deps, state, LATER)["deletions"] == 2
    until(left.stack, "StackStatus", "DELETE_COMPLETE")


def test_a_stack_is_deleted_although_its_instance_cannot_be_ended_directly(
    deps: Deps, aws: EmbeddedAws, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(instance_id: str) -> None:
        raise AwsDeniedError("TerminateInstances: not authorized")

    monkeypatch.setattr(ec2_of(deps).instances, "terminate", refuse)
    job, left = a_job(), Left(aws)
    left.stop()
    put_json(aws, job.folder.exit_key, SAVED)
    with pytest.raises(AwsDeniedError):
        end(deps, a_state(job, left))
    until(left.stack, "StackStatus", "DELETE_COMPLETE")


def test_a_volume_that_cannot_end_with_its_machine_is_deleted_after_it(
    deps: Deps, aws: EmbeddedAws, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(volume_id: str) -> None:
        raise AwsDeniedError("ModifyInstanceAttribute: not authorized")

    monkeypatch.setattr(ec2_of(deps).volumes, "delete_with_instance", refuse)
    job, left = a_job(), Left(aws, is_volume_deleted=False)
    left.wait_until("running")
    put_json(aws, job.folder.exit_key, SAVED)
    state = a_state(job, left, cleanup={})
    assert end(deps, state)["step"] == "deleting"
    left.wait_until("terminated")
    assert confirm_ended.run({"state": state, "now": NOW}, deps)["state"] == "end-again"
    end(deps, state)
    assert ec2_of(deps).volumes.all_of(job.execution_arn) == ()


def test_the_recorded_end_outlives_the_tags_and_the_instance(deps: Deps, aws: EmbeddedAws) -> None:
    left = Left(aws)
    left.stop()
    state = a_state(a_job(), left, run={"machine_id": left.instance_id})
    first = confirm_ended.run({"state": state, "now": NOW}, deps)
    assert first["machine_ended_at"] is not None

    aws.client("ec2").delete_tags(Resources=[left.instance_id])
    untagged = confirm_ended.run({"state": state, "now": LATER}, deps)
    assert untagged["machine_ended_at"] == first["machine_ended_at"]

    state["run"], state["confirmed"] = {}, first
    forgotten: Payload = confirm_ended.run({"state": state, "now": NEXT_DAY}, deps)
    assert forgotten["machine_ended_at"] == first["machine_ended_at"]
    assert forgotten["launched_at"] == first["launched_at"]


def test_a_script_that_was_done_before_its_stack_was_complete_is_completed(
    deps: Deps, aws: EmbeddedAws
) -> None:
    job, left = a_job(), Left(aws)
    left.stop()
    state = a_state(job, left)
    state["end"]["reason"] = "LAUNCH_FAILED"
    state["error"] = {"Error": "LaunchFailedError", "Cause": "did not stabilize"}
    assert confirm_ended.run({"state": state, "now": NOW}, deps)["revised"] is None

    put_json(aws, job.folder.exit_key, SAVED)
    seen = confirm_ended.run({"state": state, "now": NOW}, deps)
    revised = part_of(seen, "revised")
    assert (revised["reason"], revised["cause"]) == (
        "COMPLETED",
        "the script exited with status 0",
    )


@pytest.mark.parametrize("report", [b"no JSON", b"[1]", b'{"ended_by": "nobody"}', b"\xff\xfe"])
def test_a_report_that_cannot_be_read_keeps_no_machine_from_being_ended(
    deps: Deps, aws: EmbeddedAws, report: bytes
) -> None:
    job, left = a_job(), Left(aws)
    left.wait_until("running")
    put_json(aws, job.folder.exit_key, report)
    state = a_state(job, left, cleanup={})
    assert end(deps, state)["step"] == "saving"
    left.wait_until("stopped")
    assert confirm_ended.run({"state": state, "now": NOW}, deps)["state"] == "end-again"
