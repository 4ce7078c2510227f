"""The virtual clock jumps only when it is driven, only when no thread is busy, and in order."""

import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import pytest

from embedded_aws import EmbeddedAws, Settings
from embedded_aws.clock.lock import ClockLock
from embedded_aws.clock.machine_time import machine_time
from embedded_aws.clock.virtual_clock import NothingToComeError, StuckError, VirtualClock
from embedded_aws.context import ClosedError, Worker, current
from embedded_aws.metering.meter import meter_of
from embedded_aws_helpers.builders import IMAGE_ID, create_function, create_stack, describe, invoke

START = datetime(2031, 5, 1, 12, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
SETTINGS = Settings(stack_create_seconds=90, stack_delete_seconds=600, enforce_roles=False)


@pytest.fixture
def clock() -> VirtualClock:
    return VirtualClock(START)


@pytest.fixture
def aws(clock: VirtualClock, tmp_path: Path) -> Iterator[EmbeddedAws]:
    with EmbeddedAws(SETTINGS, folder=tmp_path / "aws", clock=clock) as running:
        yield running


def sleep(seconds: float) -> None:
    current().sleep(seconds)


def test_it_stands_still_unless_it_is_driven(aws: EmbeddedAws, clock: VirtualClock) -> None:
    has_run = threading.Event()
    clock.call_at(START + HOUR, has_run.set)
    assert not has_run.wait(0.05)
    assert clock.now() == START

    clock.run_until(START + HOUR)

    assert has_run.is_set()
    assert clock.now() == START + HOUR


def test_a_long_sleep_takes_no_time_of_the_machine(aws: EmbeddedAws, clock: VirtualClock) -> None:
    began_at, woke_at = time.monotonic(), []

    def work() -> None:
        sleep(365 * 24 * 3600)
        woke_at.append(clock.now())

    aws.context.run_in_background(work)
    clock.run_while(lambda: not woke_at)

    assert woke_at == [START + timedelta(days=365)]
    assert time.monotonic() - began_at < 60


def test_events_run_in_the_order_of_their_times_and_then_of_their_entry(
    aws: EmbeddedAws, clock: VirtualClock
) -> None:
    said: list[tuple[str, datetime]] = []

    def entry(name: str, timestamp: datetime) -> None:
        clock.call_at(timestamp, lambda: said.append((name, clock.now())))

    entry("third", START + 2 * HOUR)
    entry("first", START + HOUR)
    entry("second", START + HOUR)
    entry("at once", START - HOUR)
    clock.run_until(START + 3 * HOUR)

    assert said == [
        ("at once", START),
        ("first", START + HOUR),
        ("second", START + HOUR),
        ("third", START + 2 * HOUR),
    ]


def test_it_stops_at_the_given_time(aws: EmbeddedAws, clock: VirtualClock) -> None:
    ran: list[str] = []
    clock.call_at(START + 2 * HOUR, lambda: ran.append("later"))
    clock.run_until(START + HOUR)
    assert (ran, clock.now()) == ([], START + HOUR)


def test_it_does_not_jump_while_anybody_is_busy(aws: EmbeddedAws, clock: VirtualClock) -> None:
    may_end, timestamps = threading.Event(), []

    def busy() -> None:
        may_end.wait()
        timestamps.append(clock.now())

    aws.context.run_in_background(busy)
    clock.call_at(START + HOUR, lambda: timestamps.append(clock.now()))
    driver = threading.Thread(target=clock.run_until, args=(START + HOUR,))
    driver.start()
    driver.join(0.1)
    assert clock.now() == START
    may_end.set()
    driver.join()

    assert timestamps == [START, START + HOUR]


def test_a_woken_thread_is_busy_before_it_runs(aws: EmbeddedAws, clock: VirtualClock) -> None:
    """Otherwise the clock could jump between a wake and the next step of the woken thread."""
    work, event, seen = aws.context.work, clock.make_event(), []
    aws.context.run_in_background(event.wait)
    clock.run_until(START)
    assert work.is_nobody_busy()

    with work.changed:  # in which the woken thread cannot come any further
        event.set()
        seen.append(work.is_nobody_busy())
    clock.run_until(START)

    assert seen == [False]
    assert work.is_over()


def test_chains_of_wakes_lose_no_time(aws: EmbeddedAws, clock: VirtualClock) -> None:
    """Threads that wake each other many times without a pause."""
    rounds, timestamps = 200, []
    events = [clock.make_event() for _ in range(rounds + 1)]

    def hand_over(number: int) -> None:
        events[number].wait()
        sleep(1)
        timestamps.append(clock.now())
        events[number + 1].set()

    for number in range(rounds):
        aws.context.run_in_background(partial(hand_over, number))
    events[0].set()
    clock.run_while(lambda: len(timestamps) < rounds)

    assert timestamps == [START + timedelta(seconds=second + 1) for second in range(rounds)]


def test_an_event_ends_a_wait_before_its_timeout_and_the_timeout_never_comes(
    aws: EmbeddedAws, clock: VirtualClock
) -> None:
    event, ended = clock.make_event(), []
    aws.context.run_in_background(lambda: ended.append((event.wait(7200), clock.now())))
    clock.call_at(START + HOUR, event.set)
    clock.run_while(lambda: not ended)
    assert ended == [(True, START + HOUR)]

    with pytest.raises(NothingToComeError):
        clock.run_while(lambda: True)
    assert clock.now() == START + HOUR


def test_a_wait_without_an_event_times_out(aws: EmbeddedAws, clock: VirtualClock) -> None:
    event, ended = clock.make_event(), []
    aws.context.run_in_background(lambda: ended.append((event.wait(60), clock.now())))
    clock.run_until(START + HOUR)
    assert ended == [(False, START + timedelta(seconds=60))]
    event.set()
    assert event.wait(0)


def test_a_thread_that_joins_a_worker_is_not_busy(aws: EmbeddedAws, clock: VirtualClock) -> None:
    ended: list[tuple[bool, datetime]] = []

    def join() -> None:
        worker = Worker(target=lambda: sleep(3600))
        worker.start()
        worker.join(60)
        ended.append((worker.is_alive(), clock.now()))
        worker.join()
        ended.append((worker.is_alive(), clock.now()))

    aws.context.run_in_background(join)
    clock.run_while(lambda: len(ended) < 2)
    assert ended == [(True, START + timedelta(seconds=60)), (False, START + HOUR)]


def test_a_thread_that_waits_for_a_clock_lock_is_not_busy(
    aws: EmbeddedAws, clock: VirtualClock
) -> None:
    lock, held = ClockLock(), []

    def hold(name: str) -> None:
        with lock:
            sleep(3600)
            held.append((name, clock.now()))

    for timestamp, name in (
        (START, "first"),
        (START + HOUR / 3, "second"),
        (START + HOUR / 2, "third"),
    ):
        clock.call_at(timestamp, partial(hold, name))
    clock.run_while(lambda: len(held) < 3)
    assert held == [
        ("first", START + HOUR),
        ("second", START + 2 * HOUR),
        ("third", START + 3 * HOUR),
    ]


def test_waiting_for_ever_is_an_error_that_names_the_waiting_threads(
    aws: EmbeddedAws, clock: VirtualClock
) -> None:
    worker = Worker(target=clock.make_event().wait, name="the one who waits")
    worker.start()
    with pytest.raises(NothingToComeError, match="the one who waits"):
        clock.run_while(lambda: True)
    worker._target.__self__.set()  # type: ignore[attr-defined]


@pytest.mark.parametrize("seconds", [99_999_999, 10**10])
def test_what_the_engine_calls_no_timeout_is_none(
    aws: EmbeddedAws, clock: VirtualClock, seconds: float
) -> None:
    event = clock.make_event()
    aws.context.run_in_background(lambda: event.wait(seconds))
    with pytest.raises(NothingToComeError):
        clock.run_while(lambda: True)
    assert clock.now() == START
    event.set()


def test_a_work_without_end_is_an_error_that_names_it(tmp_path: Path) -> None:
    clock, may_end = VirtualClock(START, longest_work_seconds=0.05), threading.Event()
    with EmbeddedAws(SETTINGS, folder=tmp_path / "aws", clock=clock) as aws:
        Worker(target=may_end.wait, name="an endless one", context=aws.context).start()
        with pytest.raises(StuckError, match="an endless one"):
            clock.run_until(START + HOUR)
        may_end.set()


def test_a_working_thread_cannot_drive_the_clock(aws: EmbeddedAws, clock: VirtualClock) -> None:
    with (
        aws.context.at_work("a request"),
        pytest.raises(RuntimeError, match="cannot move its clock"),
    ):
        clock.run_until(START + HOUR)


def test_a_cancelled_action_does_not_run(aws: EmbeddedAws, clock: VirtualClock) -> None:
    ran: list[str] = []
    cancel = clock.call_at(START + HOUR, lambda: ran.append("cancelled"))
    cancel()
    clock.run_until(START + 2 * HOUR)
    assert not ran


def test_nothing_runs_once_the_embedded_aws_has_closed(clock: VirtualClock, tmp_path: Path) -> None:
    ran: list[str] = []
    with EmbeddedAws(SETTINGS, folder=tmp_path / "first", clock=clock) as aws:
        clock.call_at(START + HOUR, lambda: ran.append("of the first"))
        aws.context.run_in_background(lambda: sleep(3600))
        closed = aws.context
    with pytest.raises(ClosedError), closed.at_work("something late"):
        pass
    with EmbeddedAws(SETTINGS, folder=tmp_path / "second", clock=clock):
        clock.run_until(START + 2 * HOUR)
    assert not ran


def test_the_wall_clock_of_this_process_follows_and_is_given_back(
    clock: VirtualClock, tmp_path: Path
) -> None:
    before = time.time()
    with EmbeddedAws(SETTINGS, folder=tmp_path / "aws", clock=clock):
        clock.run_until(START + HOUR)
        assert datetime.now(UTC) == START + HOUR
        assert abs(machine_time() - before) < 600
    assert abs(time.time() - before) < 600


def test_a_function_takes_no_time_and_has_the_machines_for_its_deadline(
    aws: EmbeddedAws, clock: VirtualClock
) -> None:
    code = "def handle(event, context):\n    return context.get_remaining_time_in_millis()\n"
    create_function(aws, code, Timeout=30)
    error, left_ms = invoke(aws)
    assert error is None
    assert 20_000 < left_ms < 30_000
    assert clock.now() == START


# Python reads the locale when it starts, so the second is not a fork.
@pytest.fixture(params=[{}, {"LC_ALL": "C"}], ids=["forked", "afresh"])
def sleeping(aws: EmbeddedAws, request: pytest.FixtureRequest) -> None:
    """Create a function that sleeps as long as its event says, with a timeout of 200 s."""
    code = "import time\ndef handle(event, context): time.sleep(event)\n"
    create_function(aws, code, Timeout=200, Environment={"Variables": request.param})


@pytest.mark.usefixtures("sleeping")
def test_what_a_function_sleeps_takes_no_time_and_counts(
    aws: EmbeddedAws, clock: VirtualClock
) -> None:
    began_at = time.monotonic()
    assert [invoke(aws, seconds) for seconds in (100, 95)] == [(None, None)] * 2
    assert time.monotonic() - began_at < 190
    assert clock.now() == START
    first, second = [one.duration_ms for one in meter_of(aws.context).invocations]
    assert first >= 100_000
    assert second >= 95_000


@pytest.mark.usefixtures("sleeping")
def test_a_function_that_sleeps_for_too_long_is_ended_at_once(
    aws: EmbeddedAws, clock: VirtualClock
) -> None:
    kind, answer = invoke(aws, 3600)
    assert (kind, answer["errorType"]) == ("Unhandled", "Sandbox.Timedout")
    assert invoke(aws, 1) == (None, None)
    assert clock.now() == START


def test_a_stack_takes_the_seconds_of_the_clock_that_the_settings_say(
    aws: EmbeddedAws, clock: VirtualClock
) -> None:
    stack = create_stack(aws, {"Topic": {"Type": "AWS::SNS::Topic"}})

    def is_in_progress() -> bool:
        return str(describe(aws, stack)["StackStatus"]).endswith("_IN_PROGRESS")

    clock.run_while(is_in_progress)
    assert clock.now() == START + timedelta(seconds=90)
    aws.client("cloudformation").delete_stack(StackName=stack)
    clock.run_while(is_in_progress)
    assert clock.now() == START + timedelta(seconds=690)
    found = aws.client("cloudformation").describe_stack_events(StackName=stack)["StackEvents"]
    assert {event["Timestamp"] for event in found} == {
        START,
        START + timedelta(seconds=90),
        START + timedelta(seconds=690),
    }


def test_a_stack_that_is_deleted_while_it_is_created_does_not_stop_the_clock(
    aws: EmbeddedAws, clock: VirtualClock
) -> None:
    stack = create_stack(aws, {"Topic": {"Type": "AWS::SNS::Topic"}})
    aws.client("cloudformation").delete_stack(StackName=stack)
    clock.run_while(lambda: describe(aws, stack)["StackStatus"] != "DELETE_COMPLETE")
    assert clock.now() == START + timedelta(seconds=600)


def test_a_custom_resource_that_never_answers_fails_at_its_timeout(
    aws: EmbeddedAws, clock: VirtualClock
) -> None:
    token = create_function(aws, "def handle(event, context):\n    return None\n")
    stack = create_stack(
        aws,
        {"Silent": {"Type": "Custom::Silent", "Properties": {"ServiceToken": token}}},
        OnFailure="DO_NOTHING",
    )
    clock.run_while(lambda: describe(aws, stack)["StackStatus"] == "CREATE_IN_PROGRESS")
    assert describe(aws, stack)["StackStatus"] == "CREATE_FAILED"
    assert clock.now() == START + HOUR


def test_a_machine_of_processes_is_refused_on_a_virtual_clock(aws: EmbeddedAws) -> None:
    with pytest.raises(Exception, match="not a virtual one"):
        aws.client("ec2").run_instances(
            ImageId=IMAGE_ID, MinCount=1, MaxCount=1, UserData="#!/bin/bash\n"
        )
