"""The reaper: abandoned runs are cleaned up, sleeping ones are woken, unknown ones are left."""

import io
import json
from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from moto.ec2.models import ec2_backends
from moto.s3.models import s3_backends

import wake
from embedded_aws import EmbeddedAws
from embedded_aws_helpers.builders import IMAGE_ID
from parris.entrypoint import Deps
from parris.errors import AwsDeniedError
from parris.payloads import Payload
from parris.targets.ec2_stack.aws import instances, volumes
from reap_orphans import run
from tests.builders import BUCKET, EXECUTION_ARN
from tests.handlers.conftest import ec2_of, put_json, with_settings
from tests.handlers.test_create_stack import a_machine
from tests.handlers.test_end_jobs import a_stack

NOW = "2026-11-21T00:30:00Z"
LATER_THAT_DAY, NEXT_DAY = "2026-11-21T23:30:00Z", "2026-11-22T00:30:00Z"
NOTHING = dict.fromkeys(
    ("lives", "woken", "cleaned_up", "expired", "kept", "not_looked_up", "forgotten"), 0
)


def reap(deps: Deps, now: str = NOW) -> Payload:
    return run({"time": now}, deps)


def cleanups(deps: Deps, aws: EmbeddedAws) -> list[Any]:
    """What each cleanup was started with, in the order of their names."""
    steps = aws.client("stepfunctions")
    found = steps.list_executions(stateMachineArn=deps.settings.cleanup_machine_arn)["executions"]
    described = [steps.describe_execution(executionArn=one["executionArn"]) for one in found]
    return sorted(
        (json.loads(one["input"]) for one in described), key=lambda one: str(one["executionArn"])
    )


def an_instance(aws: EmbeddedAws, owner: str, deployment: str = "parris", **tags: str) -> str:
    tags = {"parris:deployment": deployment, "parris:execution": owner, **tags}
    launched = aws.client("ec2").run_instances(
        ImageId=IMAGE_ID,
        MinCount=1,
        MaxCount=1,
        InstanceType="t3.micro",
        TagSpecifications=[{"ResourceType": "instance", "Tags": pairs(tags)}],
    )
    return str(launched["Instances"][0]["InstanceId"])


def a_volume(aws: EmbeddedAws, owner: str, **tags: str) -> str:
    tags = {"parris:deployment": "parris", "parris:execution": owner, **tags}
    made = aws.client("ec2").create_volume(
        Size=8,
        AvailabilityZone="us-east-1a",
        TagSpecifications=[{"ResourceType": "volume", "Tags": pairs(tags)}],
    )
    return str(made["VolumeId"])


def pairs(tags: dict[str, str]) -> Any:
    return [{"Key": key, "Value": value} for key, value in tags.items()]


def fall_asleep(deps: Deps, aws: EmbeddedAws, name: str, **notes: str) -> None:
    notes = {"task_token": "token", "waiting_for": "condition", **notes}
    aws.client("dynamodb").update_item(
        TableName=deps.settings.jobs_table,
        Key={"item": {"S": f"job#{name}"}},
        UpdateExpression="SET " + ", ".join(f"{note} = :{note}" for note in notes),
        ExpressionAttributeValues={f":{note}": {"S": text} for note, text in notes.items()},
    )


def test_each_dead_owner_is_cleaned_up_after_once_a_day(deps: Deps, aws: EmbeddedAws) -> None:
    an_instance(aws, EXECUTION_ARN)
    an_instance(aws, EXECUTION_ARN)
    assert reap(deps) == {**NOTHING, "owners": 1, "cleaned_up": 1}
    reap(deps, LATER_THAT_DAY)
    assert cleanups(deps, aws) == [{"executionArn": EXECUTION_ARN}]
    reap(deps, NEXT_DAY)
    assert len(cleanups(deps, aws)) == 2


def test_a_stack_a_name_a_volume_and_an_instance_each_tell_of_their_owner(
    deps: Deps, aws: EmbeddedAws
) -> None:
    aborted = a_machine(aws)
    aws.client("stepfunctions").stop_execution(executionArn=aborted)
    owners = [f"{EXECUTION_ARN}-0", f"{EXECUTION_ARN}-1", aborted, f"{EXECUTION_ARN}-3"]
    an_instance(aws, owners[0])
    a_stack(aws, "parris-iris", {"parris:deployment": "parris", "parris:execution": owners[1]})
    deps.aws.jobs_table.claim("iris", owners[2], NOW)
    a_volume(aws, owners[3])
    assert reap(deps)["cleaned_up"] == 4
    assert [one["executionArn"] for one in cleanups(deps, aws)] == sorted(owners)


def test_a_living_owner_and_another_deployment_are_left_alone(deps: Deps, aws: EmbeddedAws) -> None:
    living = a_machine(aws)
    an_instance(aws, living)
    an_instance(aws, EXECUTION_ARN, deployment="other")
    deps.aws.jobs_table.claim("iris", living, NOW)
    fall_asleep(deps, aws, "iris")
    deps.aws.machines_table.note("i-1", "iris", living)
    assert reap(deps) == {**NOTHING, "owners": 1, "lives": 1}
    assert cleanups(deps, aws) == []
    assert deps.aws.machines_table.find("i-1") is not None


def test_an_owner_that_cannot_be_looked_up_counts_as_alive_and_is_reported(
    deps: Deps, aws: EmbeddedAws, caplog: pytest.LogCaptureFixture
) -> None:
    an_instance(aws, "not-even-an-arn")
    an_instance(aws, EXECUTION_ARN)
    assert reap(deps) == {**NOTHING, "owners": 2, "cleaned_up": 1, "not_looked_up": 1}
    assert cleanups(deps, aws) == [{"executionArn": EXECUTION_ARN}]


def test_an_owner_with_an_instance_in_an_unknown_state_is_left_and_reported_and_all_others_continue(
    deps: Deps, aws: EmbeddedAws, caplog: pytest.LogCaptureFixture
) -> None:
    living, strange_owner = a_machine(aws), f"{EXECUTION_ARN}-strange"
    strange = [an_instance(aws, owner) for owner in (strange_owner, living)]
    aws.client("ec2").get_waiter("instance_running").wait(
        InstanceIds=strange, WaiterConfig={"Delay": 1}
    )
    backend = ec2_backends[aws.settings.account_id][aws.settings.region]
    for instance_id in strange:
        backend.get_instance(instance_id)._state.name = "sleeping"
    an_instance(aws, EXECUTION_ARN)
    assert reap(deps) == {**NOTHING, "owners": 3, "lives": 1, "cleaned_up": 1, "not_looked_up": 1}
    assert cleanups(deps, aws) == [{"executionArn": EXECUTION_ARN}]
    logged = [vars(one) for one in caplog.records if one.message == "resource in an unknown state"]
    assert {(one["owner"], one["resource"], one["state"]) for one in logged} == {
        (strange_owner, f"instance {strange[0]}", "sleeping"),
        (living, f"instance {strange[1]}", "sleeping"),
    }


def test_kept_resources_stay_until_they_expire_and_then_the_cleanup_deletes_them(
    deps: Deps, aws: EmbeddedAws
) -> None:
    a_volume(aws, EXECUTION_ARN, **{"parris:keep-until": "2026-11-21T12:00:00Z"})
    a_volume(aws, f"{EXECUTION_ARN}-for-ever", **{"parris:keep-until": "always"})
    assert reap(deps) == {**NOTHING, "owners": 2, "kept": 2}
    assert cleanups(deps, aws) == []
    assert reap(deps, LATER_THAT_DAY) == {**NOTHING, "owners": 2, "kept": 1, "expired": 1}
    assert cleanups(deps, aws) == [{"executionArn": EXECUTION_ARN, "expired": True}]


def test_what_expires_on_the_day_of_a_cleanup_is_cleaned_up_once_more(
    deps: Deps, aws: EmbeddedAws
) -> None:
    volume = a_volume(aws, EXECUTION_ARN)
    reap(deps)
    mark = {"parris:keep-until": "2026-11-21T12:00:00Z"}
    aws.client("ec2").create_tags(Resources=[volume], Tags=pairs(mark))
    reap(deps, LATER_THAT_DAY)
    assert [one.get("expired", False) for one in cleanups(deps, aws)].count(True) == 1


def test_name_and_machine_of_a_run_that_step_functions_forgot_are_forgotten(deps: Deps) -> None:
    deps.aws.machines_table.note("i-1", "iris", EXECUTION_ARN)
    deps.aws.jobs_table.claim("iris", EXECUTION_ARN, NOW)
    assert reap(deps) == {**NOTHING, "owners": 1, "forgotten": 1}
    assert deps.aws.machines_table.find("i-1") is None
    assert deps.aws.jobs_table.find("iris") is None


def test_the_note_whose_a_machine_was_goes_with_its_dead_run(deps: Deps, aws: EmbeddedAws) -> None:
    a_volume(aws, EXECUTION_ARN)
    deps.aws.machines_table.note("i-1", "iris", EXECUTION_ARN)
    assert reap(deps)["cleaned_up"] == 1
    assert deps.aws.machines_table.find("i-1") is None


@pytest.mark.parametrize("is_over", [True, False])
def test_a_sleeping_run_is_woken_where_its_machine_is_over(
    deps: Deps, aws: EmbeddedAws, monkeypatch: pytest.MonkeyPatch, is_over: bool
) -> None:
    sent: list[tuple[str, str]] = []
    monkeypatch.setattr(deps.aws.signals, "request_check", lambda *request: sent.append(request))
    living = a_machine(aws)
    machine_id = an_instance(aws, living)
    deps.aws.jobs_table.claim("iris", living, NOW)
    fall_asleep(deps, aws, "iris")
    if is_over:
        aws.client("ec2").terminate_instances(InstanceIds=[machine_id])
        aws.client("ec2").get_waiter("instance_terminated").wait(
            InstanceIds=[machine_id], WaiterConfig={"Delay": 1}
        )
    assert reap(deps)["woken"] == int(is_over)
    assert sent == ([("iris", living)] if is_over else [])


def test_a_run_that_sleeps_although_somebody_requested_its_end_is_woken(
    deps: Deps, aws: EmbeddedAws, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent: list[tuple[str, str]] = []
    monkeypatch.setattr(deps.aws.signals, "request_check", lambda *request: sent.append(request))
    living = a_machine(aws)
    an_instance(aws, living)
    deps.aws.jobs_table.claim("iris", living, NOW)
    fall_asleep(deps, aws, "iris", stop_requested_at=NOW)
    assert reap(deps)["woken"] == 1
    assert sent == [("iris", living)]


@pytest.mark.parametrize(
    ("until", "is_due"),
    [("2026-11-21T00:25:00.000Z", False), ("2026-11-21T00:24:59.000Z", True)],
)
def test_a_run_whose_sleep_should_be_over_is_woken(
    deps: Deps, aws: EmbeddedAws, requests: list[Payload], until: str, is_due: bool
) -> None:
    living = a_machine(aws)
    an_instance(aws, living)
    deps.aws.jobs_table.claim("iris", living, NOW)
    fall_asleep(deps, aws, "iris", sleeps_until=until)
    assert reap(deps)["woken"] == int(is_due)
    assert [one["execution_arn"] for one in requests] == [living] * is_due


def test_a_wake_whose_token_was_not_completed_is_repeated(
    deps: Deps, aws: EmbeddedAws, requests: list[Payload]
) -> None:
    living = a_machine(aws)
    an_instance(aws, living)
    deps.aws.jobs_table.claim("iris", living, NOW)
    fall_asleep(deps, aws, "iris")
    deps.aws.jobs_table.wake("iris", living, "check", ["condition"], {})
    assert reap(deps)["woken"] == 1
    deps.aws.jobs_table.begin_check("iris", living)
    assert reap(deps) == {**NOTHING, "owners": 1, "lives": 1}


@pytest.fixture
def requests(deps: Deps, monkeypatch: pytest.MonkeyPatch) -> list[Payload]:
    """The requests to the wake function, with its responses."""
    sent: list[Payload] = []

    def invoke(FunctionName: str, Payload: str) -> dict[str, Any]:
        sent.append(json.loads(Payload))
        return {"Payload": io.BytesIO(b'{"was_notified": true}')}

    monkeypatch.setattr(deps.aws.signals, "_client", SimpleNamespace(invoke=invoke))
    return sent


def a_silent_run(deps: Deps, aws: EmbeddedAws, ago: timedelta = timedelta(hours=1)) -> str:
    """Return the owner of a run that sleeps and whose machine's last heartbeat is so old."""
    living = a_machine(aws)
    an_instance(aws, living)
    deps.aws.jobs_table.claim("iris", living, NOW)
    fall_asleep(deps, aws, "iris")
    beat(aws, living, ago)
    return living


def beat(aws: EmbeddedAws, owner: str, ago: timedelta) -> None:
    key, note = "machines/AROA:i-1/heartbeat.json", {"prefix": "machines/AROA:i-1"}
    put_json(aws, f"jobs/iris/{owner.rpartition(':')[2]}/machine.json", note)
    put_json(aws, key, {})
    written = s3_backends[aws.settings.account_id]["aws"].buckets[BUCKET].keys[key]
    written.last_modified = datetime.fromisoformat(NOW).replace(tzinfo=None) - ago


def test_a_sleeping_run_whose_machine_is_silent_is_woken_and_told_since_when(
    deps: Deps, aws: EmbeddedAws, requests: list[Payload]
) -> None:
    living = a_silent_run(deps, aws)
    assert reap(deps) == {**NOTHING, "owners": 1, "woken": 1}
    assert requests == [
        {
            "training_job_name": "iris",
            "execution_arn": living,
            "request": "check",
            "silent_since": "2026-11-20T23:30:00.000Z",
            "silences": "1",
        }
    ]


def test_one_that_sends_heartbeats_is_left_asleep(
    deps: Deps, aws: EmbeddedAws, requests: list[Payload]
) -> None:
    a_silent_run(deps, aws, ago=timedelta(minutes=15))
    assert reap(deps) == {**NOTHING, "owners": 1, "lives": 1}
    assert requests == []


def test_a_run_whose_runner_has_decided_is_woken_if_no_event_reported_that(
    deps: Deps, aws: EmbeddedAws, requests: list[Payload]
) -> None:
    """The training bucket of a user need not send events."""
    living = a_silent_run(deps, aws, ago=timedelta(minutes=1))
    put_json(aws, "machines/AROA:i-1/decision.json", {"reason": "NO_PROGRESS"})
    of_run: Payload = {"training_job_name": "iris", "execution_arn": living}
    put_json(aws, "steering/AROA:i-1/job.json", of_run)
    assert reap(deps) == {**NOTHING, "owners": 1, "woken": 1}
    assert wake.run(requests[-1], deps)["was_notified"] is True
    item = deps.aws.jobs_table.find("iris")
    assert item is not None
    assert item.reported == {"runner-report"}


def test_a_run_is_woken_once_for_one_silence_and_again_for_the_next(
    deps: Deps, aws: EmbeddedAws, requests: list[Payload]
) -> None:
    living = a_silent_run(deps, aws)
    for _ in range(2):
        reap(deps)
        if requests:
            wake.run(requests[-1], deps)  # which finds nobody whose sleep it could end
        deps.aws.jobs_table.begin_check("iris", living)
        fall_asleep(deps, aws, "iris")
    assert len(requests) == 1
    beat(aws, living, timedelta(minutes=20))
    reap(deps)
    assert [one["silences"] for one in requests] == ["1", "2"]


def test_a_run_that_did_not_answer_its_wake_is_woken_again(
    deps: Deps, aws: EmbeddedAws, requests: list[Payload]
) -> None:
    living = a_silent_run(deps, aws)
    notes = {"silent_since": "2026-11-20T23:30:00.000Z"}
    deps.aws.jobs_table.wake("iris", living, "check", ["condition"], notes)
    reap(deps)
    assert len(requests) == 1


def test_a_heartbeat_that_cannot_be_read_keeps_the_reaper_from_nothing(
    deps: Deps, aws: EmbeddedAws, requests: list[Payload], monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(key: str) -> None:
        raise AwsDeniedError(key)

    a_silent_run(deps, aws)
    an_instance(aws, f"{EXECUTION_ARN}-dead")
    monkeypatch.setattr(deps.aws.bucket, "written_at", refuse)
    assert reap(deps) == {**NOTHING, "owners": 2, "lives": 1, "cleaned_up": 1}
    assert requests == []


def test_no_page_is_left_out(deps: Deps, aws: EmbeddedAws, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(volumes, "_PAGE_SIZE", 5)
    monkeypatch.setattr(instances, "_PAGE_SIZE", 5)
    owners = sorted(f"{EXECUTION_ARN}-{number}" for number in range(6))
    for owner in owners:
        a_volume(aws, owner)
        an_instance(aws, f"{owner}-too")
    reap(deps)
    assert [one["executionArn"] for one in cleanups(deps, aws)] == sorted(
        [*owners, *(f"{owner}-too" for owner in owners)]
    )


def test_what_it_did_is_a_line_of_the_log_and_no_custom_metric(
    deps: Deps,
    aws: EmbeddedAws,
    capsys: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
) -> None:
    a_volume(aws, EXECUTION_ARN)
    counted = reap(deps)
    (line,) = [one for one in caplog.records if one.message == "reaped"]
    assert vars(line)["counts"] == counted
    assert counted["cleaned_up"] == 1
    assert "_aws" not in capsys.readouterr().out  # what CloudWatch makes a metric of


def test_it_is_patient_when_aws_asks_it_to_slow_down(deps: Deps) -> None:
    patient = with_settings(deps, uses_adaptive_retries=True)
    config: Any = ec2_of(patient).stacks._client.meta.config
    retries = config.retries
    assert retries["mode"] == "adaptive"
    assert retries["total_max_attempts"] == 10
