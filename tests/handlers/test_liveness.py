"""PollTerminationCondition of machines that never start or fall silent: when it ends them."""

from datetime import timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError
from moto.ec2.models import ec2_backends
from moto.s3.models import s3_backends

import poll_termination_condition
from embedded_aws import EmbeddedAws
from embedded_aws.gaps.ec2 import console_output
from embedded_aws.gaps.ec2.instance_status import impair
from embedded_aws_helpers.builders import IMAGE_ID
from parris.aws.ec2.diagnosis import InstanceDiagnosis
from parris.entrypoint import Deps
from parris.job import Job
from parris.notifications.near_limit import checks_at_seconds
from parris.payloads import Payload, part_of
from parris.timestamps import format_timestamp
from tests.builders import BUCKET, LAUNCHED_AT, a_job, some_limits
from tests.handlers.conftest import ec2_of, put_json

SAID = b"cloud-init[7]: fatal error: An error occurred (403): Forbidden\nparris: attempt 6 failed\n"


@pytest.fixture
def machine_id(deps: Deps, aws: EmbeddedAws, monkeypatch: pytest.MonkeyPatch) -> str:
    deps.aws.jobs_table.claim("iris", a_job().execution_arn, format_timestamp(LAUNCHED_AT))
    # An instance without user data runs nothing and says nothing.
    monkeypatch.setattr(console_output, "console_of", lambda _: SAID)
    launch: Any = {"ImageId": IMAGE_ID, "MinCount": 1, "MaxCount": 1, "InstanceType": "t3.micro"}
    return str(aws.client("ec2").run_instances(**launch)["Instances"][0]["InstanceId"])


def polled(
    deps: Deps,
    machine_id: str,
    seconds: float,
    job: Job | None = None,
    decision: Payload | None = None,
) -> Payload:
    state: Payload = {
        "job": (job or a_job(limits=some_limits(time_limit_seconds=None))).to_payload(),
        "run": {"machine_id": machine_id, "launched_at": format_timestamp(LAUNCHED_AT)},
        "decision": decision,
    }
    now = format_timestamp(LAUNCHED_AT + timedelta(seconds=seconds))
    return poll_termination_condition.run({"state": state, "now": now}, deps)


def test_a_machine_that_never_starts_is_a_failed_launch_with_the_lines_of_its_console(
    deps: Deps, machine_id: str
) -> None:
    before = polled(deps, machine_id, 95)
    assert (before["reason"], before["next_check_seconds"]) == (None, 900 - 95)
    decision = polled(deps, machine_id, 900)
    assert decision["reason"] == "LAUNCH_FAILED"
    assert decision["cause"] == (
        "the runner did not start within the boot timeout of 15 min; last lines of its console:\n"
        + SAID.decode().rstrip()
    )


@pytest.mark.parametrize("name", ["heartbeat.json", "started.json"])
def test_a_runner_that_has_written_anything_has_started(
    deps: Deps, aws: EmbeddedAws, machine_id: str, name: str
) -> None:
    put_json(aws, f"jobs/iris/run-1/{name}", {})
    assert polled(deps, machine_id, 900)["reason"] is None


def test_the_boot_timeout_of_the_job_counts(deps: Deps, machine_id: str) -> None:
    job = a_job(boot_timeout_seconds=60)
    assert polled(deps, machine_id, 59, job)["reason"] is None
    assert polled(deps, machine_id, 60, job)["reason"] == "LAUNCH_FAILED"


def test_a_machine_that_went_off_without_a_word_is_a_failed_launch(
    deps: Deps, aws: EmbeddedAws, machine_id: str
) -> None:
    aws.client("ec2").terminate_instances(InstanceIds=[machine_id])
    decision = polled(deps, machine_id, 120)
    assert decision["reason"] == "LAUNCH_FAILED"
    assert "the machine stopped before its runner started" in str(decision["cause"])
    assert "An error occurred (403): Forbidden" in str(decision["cause"])


def test_one_that_had_started_is_lost_and_its_console_is_not_read(
    deps: Deps, aws: EmbeddedAws, machine_id: str
) -> None:
    put_json(aws, "jobs/iris/run-1/started.json", {})
    aws.client("ec2").terminate_instances(InstanceIds=[machine_id])
    decision = polled(deps, machine_id, 120)
    assert decision["reason"] == "INSTANCE_LOST"
    assert "console" not in str(decision["cause"])


def test_a_limit_that_a_machine_reached_without_starting_says_so(
    deps: Deps, machine_id: str
) -> None:
    decision = polled(deps, machine_id, 420, a_job(limits=some_limits(time_limit_seconds=600)))
    assert decision["reason"] == "TIME_LIMIT"
    assert "the runner had not started; last lines of its console:" in str(decision["cause"])


@pytest.mark.parametrize("instance_type", ["t2.micro", "t3.micro"])
def test_the_console_is_read_of_types_that_cannot_show_the_latest_too(
    deps: Deps, aws: EmbeddedAws, machine_id: str, instance_type: str
) -> None:
    backend = ec2_backends[aws.settings.account_id][aws.settings.region]
    backend.get_instance(machine_id).instance_type = instance_type
    assert "parris: attempt 6 failed" in str(polled(deps, machine_id, 900)["cause"])


class Refusing:
    """A client of EC2 whose caller may do nothing."""

    def get_console_output(self, **_: Any) -> Any:
        raise ClientError(self._error, "GetConsoleOutput")

    def describe_instance_status(self, **_: Any) -> Any:
        raise ClientError(self._error, "DescribeInstanceStatus")

    @property
    def _error(self) -> Any:
        return {"Error": {"Code": "UnauthorizedOperation", "Message": "no"}}


def test_a_console_that_may_not_be_read_changes_no_decision() -> None:
    refusing: Any = Refusing()
    assert "UnauthorizedOperation" in InstanceDiagnosis(refusing).console("i-1").refusal


# ------------------------------------------------------------------ machines that fall silent
HEARD = 10_000


@pytest.fixture
def silent_id(aws: EmbeddedAws, machine_id: str) -> str:
    """A machine whose last heartbeat came 10,000 s after its launch."""
    beat(aws, HEARD)
    return machine_id


def beat(aws: EmbeddedAws, seconds: float) -> None:
    key = "jobs/iris/run-1/heartbeat.json"
    put_json(aws, key, {})
    written = s3_backends[aws.settings.account_id]["aws"].buckets[BUCKET].keys[key]
    written.last_modified = (LAUNCHED_AT + timedelta(seconds=seconds)).replace(tzinfo=None)


def impaired(aws: EmbeddedAws, machine_id: str) -> None:
    backend = ec2_backends[aws.settings.account_id][aws.settings.region]
    impair(backend.get_instance(machine_id), LAUNCHED_AT)


def test_people_are_notified_once_of_a_silence_and_the_run_sleeps_until_its_timeout(
    deps: Deps, silent_id: str
) -> None:
    assert polled(deps, silent_id, HEARD + 900)["message"] is None
    first = polled(deps, silent_id, HEARD + 901)
    assert (first["reason"], first["next_check_seconds"]) == (None, 7200 - 901)
    assert part_of(first, "message")["kind"] == "silent"
    second = polled(deps, silent_id, HEARD + 5000, decision=first)
    assert (second["reason"], second["next_check_seconds"]) == (None, 2200)
    assert second["message"] is None
    last = polled(deps, silent_id, HEARD + 7200, decision=second)
    assert last["reason"] == "INSTANCE_LOST"
    assert "longer than the silence timeout of 2 h" in str(last["cause"])


def test_a_heartbeat_that_comes_back_begins_again(
    deps: Deps, aws: EmbeddedAws, silent_id: str
) -> None:
    first = polled(deps, silent_id, HEARD + 901)
    beat(aws, HEARD + 7000)
    back = polled(deps, silent_id, HEARD + 7200, decision=first)
    assert (back["reason"], back["message"], back["silent_since"]) == (None, None, None)
    again = polled(deps, silent_id, HEARD + 7901, decision=back)
    assert part_of(again, "message")["kind"] == "silent"
    assert again["next_check_seconds"] == 7200 - 901


def test_a_silent_machine_whose_status_check_fails_is_lost_at_once(
    deps: Deps, aws: EmbeddedAws, silent_id: str
) -> None:
    impaired(aws, silent_id)
    assert polled(deps, silent_id, HEARD + 900)["reason"] is None
    decision = polled(deps, silent_id, HEARD + 901)
    assert decision["reason"] == "INSTANCE_LOST"
    assert str(decision["cause"]).startswith("EC2's instance status check of the machine fails")


def test_a_failed_status_check_of_a_machine_that_speaks_ends_nothing(
    deps: Deps, aws: EmbeddedAws, silent_id: str
) -> None:
    impaired(aws, silent_id)
    assert polled(deps, silent_id, HEARD + 1)["reason"] is None


def test_a_status_check_that_may_not_be_made_ends_nothing(
    deps: Deps, silent_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    refusing: Any = Refusing()
    monkeypatch.setattr(ec2_of(deps), "diagnosis", InstanceDiagnosis(refusing))
    assert polled(deps, silent_id, HEARD + 901)["reason"] is None


def test_a_job_that_wants_no_such_message_is_ended_all_the_same(deps: Deps, silent_id: str) -> None:
    job = a_job(limits=some_limits(time_limit_seconds=None), notify=("ended",))
    first = polled(deps, silent_id, HEARD + 901, job)
    assert first["message"] is None
    assert polled(deps, silent_id, HEARD + 7200, job)["reason"] == "INSTANCE_LOST"


def test_a_near_limit_is_notified_after_the_silence(deps: Deps, silent_id: str) -> None:
    job = a_job(limits=some_limits(time_limit_seconds=12_000))
    first = polled(deps, silent_id, HEARD + 901, job)
    assert (part_of(first, "message")["kind"], first["is_near_limit_notified"]) == ("silent", False)
    second = polled(deps, silent_id, HEARD + 902, job, first)
    assert (part_of(second, "message")["kind"], second["is_near_limit_notified"]) == (
        "near-limit",
        True,
    )


def test_a_long_shutdown_is_polled_at_growing_intervals(
    deps: Deps, aws: EmbeddedAws, silent_id: str
) -> None:
    settings = aws.context.settings
    instance = ec2_backends[settings.account_id][settings.region].get_instance(silent_id)
    instance._state.name, instance._state.code = "shutting-down", 32
    seconds, decision = HEARD + 1.0, None
    gaps = []
    for _ in range(12):
        decision = polled(deps, silent_id, seconds, decision=decision)
        gaps.append(decision["next_check_seconds"])
        seconds += int(str(gaps[-1]))
    assert gaps[:4] == [3, 3, 6, 12]
    assert gaps[-1] == 300
    instance._state.name, instance._state.code = "running", 16
    assert polled(deps, silent_id, seconds, decision=decision)["shutting_down_since"] is None


def test_after_the_notification_of_one_near_limit_no_check_is_made_for_the_other(
    deps: Deps, machine_id: str
) -> None:
    limits = some_limits(
        time_limit_seconds=80_000, cost_limit_seconds=79_000, cost_limit_usd="1.00"
    )
    job = a_job(limits=limits)
    deps.aws.bucket.write(job.folder.started_key, b"{}")
    near_at = min(checks_at_seconds(job))
    decision = polled(deps, machine_id, near_at, job)
    assert decision["is_near_limit_notified"] is True
    # The other limit's nine tenths would come before its end.
    assert min(limits.ends_at_seconds(), 24 * 3600) - near_at == decision["next_check_seconds"]
