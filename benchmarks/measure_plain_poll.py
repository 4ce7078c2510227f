"""The comparison: a plain loop of Wait 60 s, Task and Choice, on a separate AWS."""

import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

from embedded_aws import EmbeddedAws, Settings
from embedded_aws.clock.virtual_clock import VirtualClock
from embedded_aws.metering.meter import meter_of
from embedded_aws.metering.orchestration_cost import orchestration_cost
from embedded_aws.metering.usage import mark, usage_since

_DEFINITION = Path(__file__).parent / "plain_poll.asl.json"
_ROLE = "arn:aws:iam::123456789012:role/plain-poll"


@dataclass(frozen=True, slots=True)
class PlainPollFigures:
    """The figures of the loop. `cause` is empty if it succeeded."""

    length: str
    history_events: int
    transitions: int
    api_calls: int
    usd: Decimal
    status: str
    cause: str
    lasted: timedelta
    engine_seconds: float


def measure_plain_poll(length: str, hours: Decimal) -> PlainPollFigures:
    """Let the loop wait for a training of that many hours."""
    clock, began = VirtualClock(datetime(2031, 5, 1, tzinfo=UTC)), time.monotonic()
    with EmbeddedAws(Settings(enforce_roles=False), clock=clock) as aws:
        machines, parameters = aws.client("stepfunctions"), aws.client("ssm")
        meter = meter_of(aws.context)
        parameters.put_parameter(Name="training", Value="goes on", Type="String")
        machine = machines.create_state_machine(
            name="plain-poll", definition=_DEFINITION.read_text("utf-8"), roleArn=_ROLE
        )
        since = mark(meter)
        arn = machines.start_execution(stateMachineArn=machine["stateMachineArn"])["executionArn"]

        def is_running() -> bool:
            return bool(machines.describe_execution(executionArn=arn)["status"] == "RUNNING")

        ends_at = clock.now() + timedelta(seconds=float(hours * 3600))
        clock.run_while(lambda: is_running() and clock.now() < ends_at)
        parameters.put_parameter(Name="training", Value="over", Type="String", Overwrite=True)
        clock.run_while(is_running)
        ended = machines.describe_execution(executionArn=arn)
        pages = machines.get_paginator("get_execution_history").paginate(
            executionArn=arn, PaginationConfig={"PageSize": 1000}
        )
        history = [event for page in pages for event in page["events"]]
        usage = usage_since(meter, since, [history])
        polls = sum(event["type"] == "TaskScheduled" for event in history)
    return PlainPollFigures(
        length=length,
        history_events=usage.history_events,
        transitions=usage.state_transitions,
        api_calls=polls,
        usd=orchestration_cost(usage).usd,
        status=ended["status"],
        cause=ended.get("cause", ""),
        lasted=ended["stopDate"] - ended["startDate"],
        engine_seconds=time.monotonic() - began,
    )
