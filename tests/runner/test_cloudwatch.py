"""How lines reach CloudWatch Logs: in order, within its limits, and skipped ones are counted."""

import json
import threading
from collections.abc import Callable
from typing import Any, cast

import pytest
import runner_cloudwatch
from runner_cloudwatch import CloudWatchSender
from runner_http import AwsError, Request


class Service:
    """Takes the calls of a sender, once it is let to."""

    def __init__(self) -> None:
        self.is_open = threading.Event()
        self.batches: list[list[dict[str, Any]]] = []
        self.failures = 0

    def send(self, request: Request, timeout_seconds: float) -> None:
        self.is_open.wait(20)
        if self.failures:
            self.failures -= 1
            raise AwsError("ServiceUnavailable", "later", True)
        assert isinstance(request.body, bytes)
        self.batches.append(json.loads(request.body)["logEvents"])

    def messages(self) -> list[str]:
        return [event["message"] for batch in self.batches for event in batch]


@pytest.fixture
def service(monkeypatch: pytest.MonkeyPatch) -> Service:
    monkeypatch.setattr(runner_cloudwatch, "_SEND_INTERVAL_SECONDS", 0.01)
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:1")
    return Service()


def sender_to(service: Service) -> CloudWatchSender:
    return CloudWatchSender(cast("Any", service), "us-east-1", "group", "stream")


def test_batches_keep_to_the_limits_of_one_call(service: Service) -> None:
    sender = sender_to(service)
    lines = [str(number) for number in range(25_000)] + ["é" * 4000] * 300
    sender.add(lines)
    service.is_open.set()
    sender.close()

    assert service.messages() == lines
    for batch in service.batches:
        sizes = [len(event["message"].encode()) + 26 for event in batch]
        assert len(batch) <= 10_000
        assert sum(sizes) <= 1_048_576


def test_lines_that_come_too_fast_are_counted_where_they_are_missing(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runner_cloudwatch, "_WAITING_LINES", 10)
    sender = sender_to(service)
    for number in range(1000):
        sender.add([str(number)])
    service.is_open.set()
    sender.close()

    messages = service.messages()
    skipped = [int(one.split()[1]) for one in messages if one.startswith("parris:")]
    numbers = [int(one) for one in messages if not one.startswith("parris:")]
    assert numbers == sorted(numbers)
    assert numbers[-1] == 999
    assert sum(skipped) + len(numbers) == 1000
    assert len(skipped) <= 2


@pytest.mark.parametrize("failures", [1, 7])
def test_a_call_that_fails_loses_no_line(service: Service, failures: int) -> None:
    lines = [str(number) for number in range(50)]
    service.failures = failures
    sender = sender_to(service)
    service.is_open.set()
    for line in lines:
        sender.add([line])
    waited = threading.Event()
    while service.failures:
        waited.wait(0.01)
    sender.close()

    assert service.messages() == lines


def test_a_clock_that_is_set_back_does_not_change_the_order(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    times: Callable[[], float] = iter([100.0, 90.0, 95.0, 101.0]).__next__
    monkeypatch.setattr("runner_cloudwatch.time.time", times)
    sender = sender_to(service)
    for line in "abcd":
        sender.add([line])
    service.is_open.set()
    sender.close()

    events = [event for batch in service.batches for event in batch]
    assert [event["timestamp"] for event in events] == [100_000, 100_000, 100_000, 101_000]
