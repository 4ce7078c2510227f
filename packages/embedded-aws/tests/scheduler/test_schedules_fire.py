"""Schedules of EventBridge Scheduler fire on the clock of the embedded AWS."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from embedded_aws import EmbeddedAws, Settings
from embedded_aws.permissions.decisions import iterate_decisions
from embedded_aws_helpers.builders import (
    ROLE_ARN,
    create_machine,
    create_stack,
    deleted,
    settled,
    until,
)
from embedded_aws_helpers.hand_clock import HandClock
from embedded_aws_helpers.inputs import inputs
from embedded_aws_helpers.roles import allow, make_role

START = datetime(2026, 3, 27, 12, 0, tzinfo=UTC)
DONE = {"Done": {"Type": "Succeed"}}
SCHEDULER = {"Service": "scheduler.amazonaws.com"}
QUICK = Settings(stack_create_seconds=0, stack_delete_seconds=0, enforce_roles=False)
STRICT = Settings(stack_create_seconds=0, stack_delete_seconds=0)


@pytest.fixture
def clock() -> HandClock:
    return HandClock(START)


@pytest.fixture
def aws(clock: HandClock, tmp_path: Path) -> Iterator[EmbeddedAws]:
    with EmbeddedAws(QUICK, folder=tmp_path / "aws", clock=clock) as running:
        yield running


@pytest.fixture
def strict(clock: HandClock, tmp_path: Path) -> Iterator[EmbeddedAws]:
    with EmbeddedAws(STRICT, folder=tmp_path / "aws", clock=clock) as running:
        yield running


def schedule(
    aws: EmbeddedAws, target_arn: str, expression: str, zone: str = "UTC", **request: Any
) -> None:
    target = {"Arn": target_arn, "RoleArn": ROLE_ARN, **request.pop("Target", {})}
    aws.client("scheduler").create_schedule(
        **{
            "Name": "nightly",
            "ScheduleExpression": expression,
            "ScheduleExpressionTimezone": zone,
            "FlexibleTimeWindow": {"Mode": "OFF"},
            "Target": target,
            **request,
        }
    )


def days(count: float) -> datetime:
    return START + timedelta(days=count)


def test_a_cron_starts_a_machine_with_its_input_each_night(
    aws: EmbeddedAws, clock: HandClock
) -> None:
    machine = create_machine(aws, DONE)
    schedule(aws, machine, "cron(0 2 * * ? *)", Target={"Input": '{"epochs": 3}'})
    clock.run_until(days(0.5))
    assert inputs(aws, machine) == []
    clock.run_until(days(3))
    assert inputs(aws, machine) == [{"epochs": 3}] * 3


def test_each_execution_has_a_name_of_its_own(aws: EmbeddedAws, clock: HandClock) -> None:
    machine = create_machine(aws, DONE)
    schedule(aws, machine, "cron(0 2 * * ? *)", Target={"Input": "{}"})
    clock.run_until(days(3))
    listed = aws.client("stepfunctions").list_executions(stateMachineArn=machine)["executions"]
    assert len({one["name"] for one in listed}) == 3


def test_several_schedules_with_different_inputs_keep_to_their_own_times(
    aws: EmbeddedAws, clock: HandClock
) -> None:
    machine = create_machine(aws, DONE)
    for name, hour in (("late", 22), ("early", 5)):
        given = {"Input": json.dumps({"name": name})}
        schedule(aws, machine, f"cron(0 {hour} * * ? *)", Name=name, Target=given)
    clock.run_until(days(1.5))
    assert inputs(aws, machine) == [{"name": "late"}, {"name": "early"}, {"name": "late"}]


def test_a_time_zone_moves_with_daylight_saving(aws: EmbeddedAws, clock: HandClock) -> None:
    machine = create_machine(aws, DONE)
    given = {"Input": '{"at": "<aws.scheduler.scheduled-time>"}'}
    schedule(aws, machine, "cron(0 4 * * ? *)", "Europe/Berlin", Target=given)
    clock.run_until(days(3))
    assert [one["at"] for one in inputs(aws, machine)] == [
        "2026-03-28T03:00:00Z",
        "2026-03-29T02:00:00Z",
        "2026-03-30T02:00:00Z",
    ]


def test_what_an_input_asks_of_the_scheduler_is_filled_in(
    aws: EmbeddedAws, clock: HandClock
) -> None:
    machine = create_machine(aws, DONE)
    names = ("schedule-arn", "scheduled-time", "execution-id", "attempt-number")
    asked = json.dumps({name: f"<aws.scheduler.{name}>" for name in names})
    schedule(aws, machine, "cron(0 2 * * ? *)", Target={"Input": asked})
    clock.run_until(days(2))
    one, other = inputs(aws, machine)
    assert one["schedule-arn"].endswith(":schedule/default/nightly")
    assert one["scheduled-time"] == "2026-03-28T02:00:00Z"
    assert one["attempt-number"] == "1"
    assert one["execution-id"] != other["execution-id"]


def test_a_rate_is_due_at_once_and_then_at_its_rate(aws: EmbeddedAws, clock: HandClock) -> None:
    machine = create_machine(aws, DONE)
    schedule(aws, machine, "rate(12 hours)", Target={"Input": "{}"})
    clock.run_until(START)
    assert len(inputs(aws, machine)) == 1
    clock.run_until(days(1))
    assert len(inputs(aws, machine)) == 3


def test_a_start_and_an_end_bound_a_rate(aws: EmbeddedAws, clock: HandClock) -> None:
    machine = create_machine(aws, DONE)
    given = {"Input": '{"at": "<aws.scheduler.scheduled-time>"}'}
    schedule(aws, machine, "rate(1 day)", Target=given, StartDate=days(1), EndDate=days(3))
    clock.run_until(days(9))
    found = [one["at"] for one in inputs(aws, machine)]
    assert found == [f"{days(count):%Y-%m-%dT%H:%M:%SZ}" for count in (1, 2, 3)]


def test_a_single_time_fires_once_and_may_take_its_schedule_with_it(
    aws: EmbeddedAws, clock: HandClock
) -> None:
    machine = create_machine(aws, DONE)
    for name, after in (("kept", "NONE"), ("gone", "DELETE")):
        schedule(
            aws,
            machine,
            "at(2026-03-28T02:00:00)",
            Name=name,
            ActionAfterCompletion=after,
            Target={"Input": "{}"},
        )
    clock.run_until(days(9))
    assert len(inputs(aws, machine)) == 2
    listed = aws.client("scheduler").list_schedules()["Schedules"]
    assert [one["Name"] for one in listed] == ["kept"]


def test_schedules_can_be_disabled_changed_and_deleted(aws: EmbeddedAws, clock: HandClock) -> None:
    machine, scheduler = create_machine(aws, DONE), aws.client("scheduler")
    schedule(aws, machine, "cron(0 2 * * ? *)", State="DISABLED", Target={"Input": "{}"})
    clock.run_until(days(2))
    assert inputs(aws, machine) == []
    scheduler.update_schedule(
        Name="nightly",
        ScheduleExpression="cron(0 3 * * ? *)",
        FlexibleTimeWindow={"Mode": "OFF"},
        Target={
            "Arn": machine,
            "RoleArn": ROLE_ARN,
            "Input": '{"at": "<aws.scheduler.scheduled-time>"}',
        },
    )
    clock.run_until(days(3))
    scheduler.delete_schedule(Name="nightly")
    clock.run_until(days(9))
    assert inputs(aws, machine) == [{"at": "2026-03-30T03:00:00Z"}]


def test_a_schedule_goes_with_its_group(aws: EmbeddedAws, clock: HandClock) -> None:
    machine, scheduler = create_machine(aws, DONE), aws.client("scheduler")
    scheduler.create_schedule_group(Name="team")
    schedule(aws, machine, "cron(0 2 * * ? *)", GroupName="team", Target={"Input": "{}"})
    scheduler.delete_schedule_group(Name="team")
    clock.run_until(days(3))
    assert inputs(aws, machine) == []


def test_schedules_of_a_stack_fire_until_the_stack_is_deleted(
    aws: EmbeddedAws, clock: HandClock
) -> None:
    machine = create_machine(aws, DONE)
    given = {"Input": '{"at": "<aws.scheduler.scheduled-time>"}'}
    common = {
        "FlexibleTimeWindow": {"Mode": "OFF"},
        "Target": {"Arn": machine, "RoleArn": ROLE_ARN, **given},
    }
    zoned = {
        "ScheduleExpression": "cron(0 4 * * ? *)",
        "ScheduleExpressionTimezone": "Europe/Berlin",
    }
    bounded = {"ScheduleExpression": "rate(1 day)", "StartDate": "2026-03-28T09:00:00Z"}
    resources = {
        name: {"Type": "AWS::Scheduler::Schedule", "Properties": {**common, **own}}
        for name, own in (("Zoned", zoned), ("Bounded", bounded))
    }
    stack = create_stack(aws, resources)
    assert settled(aws, stack)["StackStatus"] == "CREATE_COMPLETE"
    clock.run_until(days(2))
    deleted(aws, stack)
    clock.run_until(days(9))
    assert [one["at"] for one in inputs(aws, machine)] == [
        "2026-03-28T03:00:00Z",
        "2026-03-28T09:00:00Z",
        "2026-03-29T02:00:00Z",
        "2026-03-29T09:00:00Z",
    ]


def test_other_targets_get_their_input_too(aws: EmbeddedAws, clock: HandClock) -> None:
    queue = aws.client("sqs").create_queue(QueueName="queue")["QueueUrl"]
    queue_arn = "arn:aws:sqs:us-east-1:123456789012:queue"
    topic = aws.client("sns").create_topic(Name="topic")["TopicArn"]
    aws.client("sns").subscribe(
        TopicArn=topic,
        Protocol="sqs",
        Endpoint=queue_arn,
        Attributes={"RawMessageDelivery": "true"},
    )
    schedule(aws, queue_arn, "rate(1 day)", Name="to-queue", Target={"Input": "direct"})
    schedule(aws, topic, "rate(1 day)", Name="to-topic", Target={"Input": "told"})
    clock.run_until(START)
    received: set[str] = set()

    def both_are_there() -> bool:
        answer = aws.client("sqs").receive_message(QueueUrl=queue, MaxNumberOfMessages=10)
        received.update(message["Body"] for message in answer.get("Messages", []))
        return received == {"direct", "told"}

    until(both_are_there)


def test_a_universal_target_is_the_call_itself_and_may_name_the_execution(
    aws: EmbeddedAws, clock: HandClock
) -> None:
    machine = create_machine(aws, DONE)
    call = {
        "StateMachineArn": machine,
        "Name": "nightly-<aws.scheduler.execution-id>",
        "Input": '{"a": 1}',
    }
    universal = "arn:aws:scheduler:::aws-sdk:sfn:startExecution"
    schedule(aws, universal, "rate(1 day)", Target={"Input": json.dumps(call)})
    clock.run_until(START)
    (started,) = aws.client("stepfunctions").list_executions(stateMachineArn=machine)["executions"]
    assert started["name"].startswith("nightly-")
    assert "<" not in started["name"]
    assert inputs(aws, machine) == [{"a": 1}]


@pytest.mark.parametrize(
    ("expression", "zone"), [("cron(0 2 * * * *)", "UTC"), ("cron(0 2 * * ? *)", "Mars/Olympus")]
)
def test_what_can_never_be_due_is_refused(aws: EmbeddedAws, expression: str, zone: str) -> None:
    with pytest.raises(ClientError, match="Invalid Schedule Expression"):
        schedule(aws, "arn:aws:sqs:us-east-1:123456789012:queue", expression, zone)


def test_a_role_that_the_scheduler_may_not_assume_is_refused(strict: EmbeddedAws) -> None:
    machine = create_machine(strict, DONE)
    role = make_role(strict, "of-somebody-else", allow("states:StartExecution"))
    with pytest.raises(ClientError, match="must allow AWS EventBridge Scheduler to assume"):
        schedule(strict, machine, "rate(1 day)", Target={"RoleArn": role})


def test_what_the_role_may_not_do_is_not_done(strict: EmbeddedAws, clock: HandClock) -> None:
    states = make_role(strict, "states", trusts={"Service": "states.amazonaws.com"})
    machine = strict.client("stepfunctions").create_state_machine(
        name="machine",
        definition=json.dumps({"StartAt": "Done", "States": DONE}),
        roleArn=states,
    )["stateMachineArn"]
    start = allow("states:StartExecution", machine)
    allowed = make_role(strict, "allowed", start, trusts=SCHEDULER)
    other = make_role(strict, "other", allow("sqs:SendMessage"), trusts=SCHEDULER)
    for name, role in (("allowed", allowed), ("other", other)):
        given = {"RoleArn": role, "Input": json.dumps({"by": name})}
        schedule(strict, machine, "rate(1 day)", Name=name, Target=given)
    clock.run_until(START)
    assert inputs(strict, machine) == [{"by": "allowed"}]
    refused = [one for one in iterate_decisions() if not one.is_allowed]
    assert [(one.principal_name, one.action) for one in refused] == [
        ("other", "states:StartExecution")
    ]


def test_schedules_of_a_stored_account_continue_and_skip_missed_times(
    tmp_path: Path,
) -> None:
    state, clock = tmp_path / "state", HandClock(START)
    with EmbeddedAws(QUICK, clock=clock, state=state) as aws:
        machine = create_machine(aws, DONE)
        schedule(aws, machine, "cron(0 2 * * ? *)", Target={"Input": '{"kind": "cron"}'})
        schedule(aws, machine, "rate(2 days)", Name="rate", Target={"Input": '{"kind": "rate"}'})
        clock.run_until(START)
    clock = HandClock(days(5))
    with EmbeddedAws(QUICK, clock=clock, state=state) as aws:
        clock.run_until(days(6))
        kinds = [one["kind"] for one in inputs(aws, machine)]
    assert kinds == ["rate", "cron", "rate"]
