"""The counts of a run, and their cost according to the price sheet."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from embedded_aws import EmbeddedAws
from embedded_aws.metering.meter import (
    STATE_MACHINE,
    ApiCall,
    Invocation,
    Meter,
    SentEvent,
    meter_of,
)
from embedded_aws.metering.orchestration_cost import orchestration_cost
from embedded_aws.metering.price_sheet import price_sheet
from embedded_aws.metering.transitions import count_transitions
from embedded_aws.metering.usage import Mark, Usage, mark, usage_since
from embedded_aws_helpers.builders import create_function, end_of, history, invoke, start

NOW = datetime(2031, 5, 1, tzinfo=UTC)
NOTHING = Usage(
    state_transitions=0,
    history_events=0,
    invocations={},
    gb_seconds={},
    api_calls={},
    write_units=0,
    read_units=0,
    log_bytes=0,
    dear_s3_requests=0,
    other_s3_requests=0,
)


def call_of(arn: str, **fields: Any) -> dict[str, Any]:
    task = {"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke"}
    return {**task, "Parameters": {"FunctionName": arn, "Payload": {}}, **fields}


def ran(duration_ms: int, init_ms: int, **fields: Any) -> Invocation:
    known: dict[str, Any] = {
        "function_name": "f",
        "at": None,
        "duration_ms": duration_ms,
        "init_ms": init_ms,
        "is_cold": True,
        "memory_mb": 512,
        "architecture": "arm64",
        "is_error": False,
        "log_bytes": 100,
    }
    return Invocation(**{**known, **fields})


def called(caller: str, service: str, action: str) -> ApiCall:
    return ApiCall(caller, service, action, at=None)  # type: ignore[arg-type]


def test_each_state_each_retry_and_the_start_are_a_transition(aws: EmbeddedAws) -> None:
    arn = create_function(aws, "def handle(event, context): raise ValueError('no')")
    retry = [{"ErrorEquals": ["States.ALL"], "IntervalSeconds": 1, "MaxAttempts": 2}]
    catch = [{"ErrorEquals": ["States.ALL"], "Next": "End"}]
    states = {
        "Begin": {"Type": "Pass", "Next": "Try"},
        "Try": call_of(arn, Retry=retry, Catch=catch, Next="End"),
        "End": {"Type": "Succeed"},
    }
    execution = start(aws, states)
    end_of(aws, execution)
    # The start, three states, two retries.
    assert count_transitions(history(aws, execution)) == 6


def test_a_functions_run_is_counted_with_its_init_its_time_and_its_log(aws: EmbeddedAws) -> None:
    code = "import time\ndef handle(event, context): time.sleep(0.05); print('a line')"
    create_function(aws, code, MemorySize=256, Architectures=["arm64"])
    invoke(aws)
    invoke(aws)
    first, second = meter_of(aws.context).invocations
    assert (first.is_cold, second.is_cold) == (True, False)
    assert first.init_ms == second.init_ms > 0
    assert all(50 <= one.duration_ms < 5000 for one in (first, second))
    assert (first.function_name, first.memory_mb) == ("function-of-a-test", 256)
    assert first.architecture == "arm64"
    assert first.log_bytes > 4 * 26 + len("a line")


def test_an_error_of_a_function_is_counted_as_one(aws: EmbeddedAws) -> None:
    create_function(aws, "def handle(event, context): raise ValueError('no')")
    invoke(aws)
    assert [one.is_error for one in meter_of(aws.context).invocations] == [True]


def test_usage_is_of_functions_and_states_alone_and_of_what_came_after_the_mark() -> None:
    meter = Meter()
    meter.count_invocation(ran(100, 300))
    meter.count_call(called("f", "s3", "PutObject"))
    begin = mark(meter)
    assert begin == Mark(calls=1, invocations=1)

    meter.count_invocation(ran(700, 300))
    for caller in ("f", STATE_MACHINE, "administrator", "i-0123"):
        meter.count_call(called(caller, "dynamodb", "UpdateItem"))
    meter.count_call(called("f", "s3", "PutObject"))
    meter.count_call(called("f", "s3", "GetObject"))
    meter.count_call(called("f", "s3", "DeleteObject"))
    for source, caller in (("aws.s3", "f"), ("aws.s3", "i-0123"), ("aws.ec2", "f")):
        meter.count_event(SentEvent(source, "arn", {}, NOW, caller))
    usage = usage_since(meter, begin, [])

    assert usage.invocations == {"f": 1}
    assert usage.gb_seconds == {"arm64": Decimal("0.5")}  # (300 + 700) ms of 512 MB
    assert usage.api_calls == {
        "dynamodb:UpdateItem": 2,
        "s3:DeleteObject": 1,
        "s3:GetObject": 1,
        "s3:PutObject": 1,
    }
    assert (usage.dear_s3_requests, usage.other_s3_requests, usage.log_bytes) == (1, 1, 100)
    assert usage.object_events == 1


def test_a_thousand_transitions_cost_what_aws_asks_for_them() -> None:
    usage = Usage(**{**_fields(NOTHING), "state_transitions": 1000})
    cost = orchestration_cost(usage)
    assert cost.usd == Decimal("0.025")
    assert [part.item for part in cost.parts] == ["state-transition"]


def test_the_whole_is_the_sum_of_its_parts_each_rounded_up() -> None:
    usage = Usage(
        **{
            **_fields(NOTHING),
            "state_transitions": 50,
            "invocations": {"a": 20, "b": 10},
            "gb_seconds": {"arm64": Decimal(15)},
            "write_units": 25,
            "log_bytes": 40_000,
        }
    )
    cost = orchestration_cost(usage)
    assert {part.item: part.usd for part in cost.parts} == {
        "state-transition": Decimal("0.001250"),
        "lambda-request": Decimal("0.000006"),
        "lambda-arm64-gb-second": Decimal("0.000201"),
        "dynamodb-write-unit": Decimal("0.000016"),
        "log-byte": Decimal("0.000020"),
    }
    assert cost.usd == Decimal("0.001493")


def test_every_price_says_where_it_is_from_and_whether_it_was_verified() -> None:
    prices = price_sheet()
    assert all(price.source.startswith("https://aws.amazon.com/") for price in prices.values())
    assert all(price.source_date for price in prices.values() if price.is_verified)
    assert all(price.usd > 0 and price.per_count > 0 for price in prices.values())


def _fields(usage: Usage) -> dict[str, Any]:
    return {name: getattr(usage, name) for name in Usage.__dataclass_fields__}
