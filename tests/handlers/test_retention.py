"""What is kept, until when, and that nothing else is touched when it goes."""

from collections.abc import Mapping
from typing import Any

import pytest

import confirm_ended
import stop_or_delete_stack
from embedded_aws import EmbeddedAws
from embedded_aws_helpers.builders import IMAGE_ID
from parris.entrypoint import Deps
from parris.errors import AwsDeniedError
from parris.job import Job
from parris.payloads import Payload
from parris.targets.ec2_stack.spec import SPOT
from tests.builders import EXECUTION_ARN, a_job
from tests.handlers.conftest import ec2_of, put_json, with_settings
from tests.handlers.test_end_jobs import a_stack
from tests.handlers.test_ending import NOW, SEVEN_DAYS_ON, mark_of, until

OWN = {"parris:deployment": "parris", "parris:execution": EXECUTION_ARN, "parris:job": "iris"}
OF_ANOTHER_RUN = {**OWN, "parris:execution": f"{EXECUTION_ARN}-of-another"}
OTHER_DEPLOYMENT = {"parris:deployment": "other"}
OF_ANOTHER_DEPLOYMENT = {**OWN, **OTHER_DEPLOYMENT}
BEFORE_EXPIRY, AFTER_EXPIRY = "2026-11-27T23:59:59Z", "2026-11-28T00:00:01Z"


class Left:
    """What a job left: a stack, an instance that is stopped, and its volume."""

    def __init__(
        self,
        aws: EmbeddedAws,
        tags: Mapping[str, str] = OWN,
        name: str = "iris",
        *,
        is_volume_deleted: bool = True,
    ) -> None:
        self._ec2 = aws.client("ec2")
        self._cloudformation = aws.client("cloudformation")
        self.stack_id = a_stack(aws, f"parris-{name}", dict(tags))
        until(self.stack, "StackStatus", "CREATE_COMPLETE")
        listed = [{"Key": key, "Value": value} for key, value in tags.items()]
        ebs = {"VolumeSize": 8, "DeleteOnTermination": is_volume_deleted}
        disk = {"DeviceName": "/dev/xvda", "Ebs": ebs}
        launched = self._ec2.run_instances(
            ImageId=IMAGE_ID, MinCount=1, MaxCount=1, BlockDeviceMappings=[disk]
        )
        self.instance_id = str(launched["Instances"][0]["InstanceId"])
        (device,) = self.instance()["BlockDeviceMappings"]
        self.volume_id = str(device["Ebs"]["VolumeId"])
        self._ec2.create_tags(Resources=[self.instance_id, self.volume_id], Tags=listed)

    def stop(self) -> None:
        self._ec2.stop_instances(InstanceIds=[self.instance_id])
        self.wait_until("stopped")

    def wait_until(self, state: str) -> None:
        until(lambda: self.instance()["State"], "Name", state)

    def instance(self) -> dict[str, Any]:
        (group,) = self._ec2.describe_instances(InstanceIds=[self.instance_id])["Reservations"]
        found: dict[str, Any] = group["Instances"][0]
        return found

    def volume(self) -> dict[str, Any]:
        found = self._ec2.describe_volumes(VolumeIds=[self.volume_id])["Volumes"][0]
        return dict(found)

    def stack(self) -> dict[str, Any]:
        found = self._cloudformation.describe_stacks(StackName=self.stack_id)["Stacks"][0]
        return dict(found)

    def is_untouched(self) -> bool:
        return self.stack()["StackStatus"] == "CREATE_COMPLETE" and self.instance()["State"][
            "Name"
        ] in ("running", "stopped")


def say_that_results_are_not_saved(aws: EmbeddedAws, job: Job) -> None:
    put_json(aws, job.folder.started_key, {})


def a_state(job: Job, left: Left | None = None, **changes: Any) -> dict[str, Any]:
    state: dict[str, Any] = {
        "job": job.to_payload(),
        "end": {"reason": "TIME_LIMIT", "decided_at": NOW},
        "cleanup": {"step": "saving"},
    }
    if left is not None:
        state["launch"] = {"launch_id": left.stack_id}
    return {**state, **changes}


def end(deps: Deps, state: dict[str, Any], now: str = NOW) -> Payload:
    state["cleanup"] = stop_or_delete_stack.run({"state": state, "now": now}, deps)
    return dict(state["cleanup"])


def confirm(deps: Deps, state: dict[str, Any], now: str = NOW) -> Payload:
    return confirm_ended.run({"state": state, "now": now}, deps)


def test_results_that_could_not_be_verified_are_marked_noted_and_kept_for_the_deployments_days(
    deps: Deps, aws: EmbeddedAws
) -> None:
    job, left = a_job(), Left(aws)
    left.stop()
    say_that_results_are_not_saved(aws, job)
    deps.aws.jobs_table.claim("iris", job.execution_arn, NOW)
    state = a_state(job, left)

    assert end(with_settings(deps, keep_unverified_days=7), state) == {
        "step": "kept",
        "step_since": NOW,
        "deletions": 0,
        "kept": [left.instance_id, left.volume_id],
        "keep_until": SEVEN_DAYS_ON,
    }
    assert [mark_of(left.instance()), mark_of(left.volume())] == [SEVEN_DAYS_ON] * 2
    item = deps.aws.jobs_table.find("iris")
    assert item is not None
    assert (item.end_reason, item.end_decided_at) == ("TIME_LIMIT", NOW)
    assert item.keep_until == SEVEN_DAYS_ON
    seen = confirm(deps, state)
    assert (seen["state"], seen["keep_until"]) == ("ended", SEVEN_DAYS_ON)
    assert seen["kept"] == [left.instance_id, left.volume_id]
    # Checking again, a day later, does not prolong it; and an expiry that is too early is none.
    again = end(deps, a_state(job, left, keep_expired=True), BEFORE_EXPIRY)
    assert (again["step"], again["keep_until"]) == ("kept", SEVEN_DAYS_ON)
    assert left.is_untouched()


def test_what_was_kept_goes_when_its_time_is_over_and_nothing_else(
    deps: Deps, aws: EmbeddedAws
) -> None:
    job, left = a_job(), Left(aws)
    others = [
        Left(aws, OF_ANOTHER_RUN, "of-another-run"),
        Left(aws, {**OF_ANOTHER_RUN, **OTHER_DEPLOYMENT}, "of-another-deployment"),
    ]
    left.stop()
    say_that_results_are_not_saved(aws, job)
    end(deps, a_state(job, left))
    ec2_of(deps).instances.keep([one.instance_id for one in others], SEVEN_DAYS_ON)

    state = a_state(job, left, keep_expired=True)
    state["end"]["ending_since"] = AFTER_EXPIRY
    assert end(deps, state, AFTER_EXPIRY)["step"] == "deleting"
    # The instance is none of this stack's: it is ended directly, and before the stack.
    left.wait_until("terminated")
    until(left.stack, "StackStatus", "DELETE_COMPLETE")

    until(lambda: confirm(deps, state, AFTER_EXPIRY), "state", "ended")
    assert [one.is_untouched() for one in others] == [True, True]


def test_a_request_to_keep_is_marked_before_the_instance_is_stopped_and_never_expires(
    deps: Deps, aws: EmbeddedAws, monkeypatch: pytest.MonkeyPatch
) -> None:
    job, left = a_job(on_termination="stop-instance"), Left(aws)
    left.wait_until("running")
    marks_at_stop: list[str | None] = []
    stop = ec2_of(deps).instances.stop

    def stop_and_note_the_mark(instance_id: str) -> None:
        marks_at_stop.append(mark_of(left.instance()))
        stop(instance_id)

    monkeypatch.setattr(
        ec2_of(deps).instances,
        "stop",
        stop_and_note_the_mark,
    )
    state = a_state(job, left, cleanup={})

    assert end(deps, state)["keep_until"] == "always"
    assert marks_at_stop == ["always"]
    assert mark_of(left.volume()) == "always"
    left.wait_until("stopped")
    assert confirm(deps, state)["state"] == "ended"
    expired = a_state(job, left, keep_expired=True)
    assert end(deps, expired, "2036-01-01T00:00:00Z")["step"] == "stopping"
    assert left.is_untouched()


def test_a_machine_that_cannot_be_marked_is_stopped_all_the_same_and_nothing_is_deleted(
    deps: Deps, aws: EmbeddedAws, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(resource_ids: object, keep_until: str) -> None:
        raise AwsDeniedError("CreateTags: not authorized")

    monkeypatch.setattr(ec2_of(deps).instances, "keep", refuse)
    job, left = a_job(on_termination="stop-instance"), Left(aws)
    left.wait_until("running")
    with pytest.raises(AwsDeniedError):
        end(deps, a_state(job, left, cleanup={}))
    left.wait_until("stopped")
    assert left.is_untouched()


def test_a_table_that_cannot_be_written_stops_no_end(deps: Deps, aws: EmbeddedAws) -> None:
    job, left = a_job(), Left(aws)
    left.wait_until("running")
    state = a_state(job, left, cleanup={})
    assert end(with_settings(deps, jobs_table="no-such-table"), state)["step"] == "saving"
    left.wait_until("stopped")


def test_the_end_of_one_run_is_not_noted_in_the_item_of_another(deps: Deps) -> None:
    deps.aws.jobs_table.claim("iris", f"{EXECUTION_ARN}-of-another", NOW)
    assert end(deps, a_state(a_job(), cleanup={}))["step"] == "nothing-to-end"
    item = deps.aws.jobs_table.find("iris")
    assert item is not None
    assert item.end_reason is None


@pytest.mark.parametrize("tags", [OF_ANOTHER_RUN, OF_ANOTHER_DEPLOYMENT])
@pytest.mark.parametrize("purchase_option", ["on-demand", SPOT])
def test_an_instance_and_a_volume_with_anothers_tags_are_not_ended(
    deps: Deps, aws: EmbeddedAws, tags: dict[str, str], purchase_option: str
) -> None:
    foreign = Left(aws, tags, "of-another")
    foreign.wait_until("running")
    ec2 = aws.client("ec2")
    loose = ec2.create_volume(AvailabilityZone="us-east-1a", Size=1)["VolumeId"]
    listed = [{"Key": key, "Value": value} for key, value in tags.items()]
    ec2.create_tags(Resources=[loose], Tags=listed)
    job = a_job(purchase_option=purchase_option)
    for step in ({}, {"step": "saving"}, {"step": "deleting", "deletions": 9}):
        end(deps, a_state(job, cleanup=step, keep_expired=True), "2036-01-01T00:00:00Z")
    assert foreign.is_untouched()
    assert loose in {one["VolumeId"] for one in ec2.describe_volumes()["Volumes"]}
