"""Rules with a ScheduleExpression send their event on the clock of the embedded AWS."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from embedded_aws import EmbeddedAws, Settings
from embedded_aws_helpers.builders import create_machine, create_stack, deleted, settled, until
from embedded_aws_helpers.hand_clock import HandClock
from embedded_aws_helpers.inputs import inputs

START = datetime(2026, 3, 27, 12, 0, tzinfo=UTC)
DONE = {"Done": {"Type": "Succeed"}}
QUICK = Settings(stack_create_seconds=0, stack_delete_seconds=0, enforce_roles=False)


@pytest.fixture
def clock() -> HandClock:
    return HandClock(START)


@pytest.fixture
def aws(clock: HandClock, tmp_path: Path) -> Iterator[EmbeddedAws]:
    with EmbeddedAws(QUICK, folder=tmp_path / "aws", clock=clock) as running:
        yield running


def rule(aws: EmbeddedAws, expression: str, machine: str, name: str = "rule", **more: Any) -> None:
    events = aws.client("events")
    events.put_rule(Name=name, ScheduleExpression=expression, **more)
    events.put_targets(Rule=name, Targets=[{"Id": "1", "Arn": machine}])


def started(aws: EmbeddedAws, machine: str, count: int) -> list[Any]:
    until(lambda: len(inputs(aws, machine)) >= count)
    found = inputs(aws, machine)
    assert len(found) == count
    return found


def hours(count: float) -> datetime:
    return START + timedelta(hours=count)


def test_a_cron_rule_sends_a_scheduled_event_in_utc(aws: EmbeddedAws, clock: HandClock) -> None:
    machine = create_machine(aws, DONE)
    rule(aws, "cron(0 2 * * ? *)", machine)
    clock.run_until(hours(24))
    (event,) = started(aws, machine, 1)
    assert event["source"] == "aws.events"
    assert event["detail-type"] == "Scheduled Event"
    assert event["time"] == "2026-03-28T02:00:00Z"
    assert event["resources"] == ["arn:aws:events:us-east-1:123456789012:rule/rule"]


def test_a_rate_rule_is_due_first_when_its_interval_has_passed(
    aws: EmbeddedAws, clock: HandClock
) -> None:
    machine = create_machine(aws, DONE)
    rule(aws, "rate(2 hours)", machine)
    clock.run_until(hours(1))
    assert inputs(aws, machine) == []
    clock.run_until(hours(4))
    started(aws, machine, 2)


def test_other_events_are_none_of_a_scheduled_rules_business(
    aws: EmbeddedAws, clock: HandClock
) -> None:
    machine, other = create_machine(aws, DONE), create_machine(aws, DONE)
    rule(aws, "rate(2 hours)", machine)
    rule(aws, "rate(1 hour)", other, name="other")
    event = {"Source": "of.a.test", "DetailType": "Said", "Detail": "{}"}
    aws.client("events").put_events(Entries=[event])
    clock.run_until(hours(1))
    (found,) = started(aws, other, 1)
    assert found["resources"] == ["arn:aws:events:us-east-1:123456789012:rule/other"]
    assert inputs(aws, machine) == []


def test_a_disabled_rule_fires_when_it_is_enabled_again_and_a_deleted_one_never(
    aws: EmbeddedAws, clock: HandClock
) -> None:
    machine, events = create_machine(aws, DONE), aws.client("events")
    rule(aws, "rate(1 hour)", machine, State="DISABLED")
    clock.run_until(hours(3))
    events.enable_rule(Name="rule")
    clock.run_until(hours(4))
    started(aws, machine, 1)
    events.disable_rule(Name="rule")
    clock.run_until(hours(6))
    events.enable_rule(Name="rule")
    events.remove_targets(Rule="rule", Ids=["1"])
    events.delete_rule(Name="rule")
    clock.run_until(hours(9))
    started(aws, machine, 1)


def test_a_rule_of_a_stack_fires_until_the_stack_is_deleted(
    aws: EmbeddedAws, clock: HandClock
) -> None:
    machine = create_machine(aws, DONE)
    properties = {
        "ScheduleExpression": "rate(1 hour)",
        "Targets": [{"Id": "1", "Arn": machine, "Input": '{"a": 1}'}],
    }
    stack = create_stack(aws, {"Rule": {"Type": "AWS::Events::Rule", "Properties": properties}})
    assert settled(aws, stack)["StackStatus"] == "CREATE_COMPLETE"
    clock.run_until(hours(1))
    assert started(aws, machine, 1) == [{"a": 1}]
    deleted(aws, stack)
    clock.run_until(hours(5))
    started(aws, machine, 1)


@pytest.mark.parametrize("expression", ["cron(0 2 * * * *)", "at(2026-03-28T02:00:00)"])
def test_what_no_rule_can_have_is_refused(aws: EmbeddedAws, expression: str) -> None:
    with pytest.raises(ClientError, match="ScheduleExpression is not valid"):
        aws.client("events").put_rule(Name="rule", ScheduleExpression=expression)


def test_rules_of_a_stored_account_continue(tmp_path: Path) -> None:
    state = tmp_path / "state"
    with EmbeddedAws(QUICK, clock=HandClock(START), state=state) as aws:
        machine = create_machine(aws, DONE)
        rule(aws, "rate(1 hour)", machine)
    clock = HandClock(hours(10.5))
    with EmbeddedAws(QUICK, clock=clock, state=state) as aws:
        clock.run_until(hours(11))
        (event,) = started(aws, machine, 1)
    assert event["time"] == "2026-03-27T23:00:00Z"
