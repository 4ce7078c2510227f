"""Metrics that the runner sends to CloudWatch, for a job that asks for it."""

from typing import Any, cast
from urllib.parse import parse_qsl

import pytest
import runner_published_metrics
from runner_http import AwsError, Request
from runner_published_metrics import PublishedMetrics

from embedded_aws_helpers.waiting import wait_until
from tests.runner.trainer import Trainer

SCRIPT = "echo step=1 loss=0.5\necho step=2 loss=0.25 bad=nan val/acc=1\n"


class Service:
    """Takes the requests of a runner, except the first ones."""

    def __init__(self, failures: int = 0) -> None:
        self.failures = failures
        self.requests: list[dict[str, str]] = []

    def send(self, request: Request, timeout_seconds: float) -> None:
        if self.failures:
            self.failures -= 1
            raise AwsError("AccessDenied", "not authorized", False)
        assert isinstance(request.body, bytes)
        self.requests.append(dict(parse_qsl(request.body.decode())))


class Published:
    """Metrics that a test sets, and what was noted while they were sent."""

    def __init__(self, service: Service) -> None:
        self.values: dict[str, dict[str, object]] = {}
        self.notes: list[str] = []
        client = cast("Any", service)
        self.metrics = PublishedMetrics(
            client, "us-east-1", "digits", lambda: dict(self.values), self.notes.append
        )

    def set(self, name: str, value: object, step: int) -> None:
        at = f"2031-05-01T12:30:{step:02}.000Z"
        self.values[name] = {"value": value, "step": step, "at": at}


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:1")
    monkeypatch.setattr(runner_published_metrics, "_INTERVAL_SECONDS", 0.01)


def test_the_last_values_are_sent_with_the_name_of_the_job(trainer: Trainer) -> None:
    trainer.job["cloudwatch_metrics"] = True
    assert trainer.run(SCRIPT)["exit_status"] == 0
    (sent,) = trainer.service.metrics
    times = {key: sent.pop(key) for key in list(sent) if key.endswith("Timestamp")}
    assert all(at.endswith("Z") for at in times.values())
    assert sent == {
        "Action": "PutMetricData",
        "Version": "2010-08-01",
        "Namespace": "Parris",
        "MetricData.member.1.MetricName": "loss",
        "MetricData.member.1.Value": "0.25",
        "MetricData.member.1.Dimensions.member.1.Name": "Job",
        "MetricData.member.1.Dimensions.member.1.Value": "digits",
        "MetricData.member.2.MetricName": "val/acc",
        "MetricData.member.2.Value": "1.0",
        "MetricData.member.2.Dimensions.member.1.Name": "Job",
        "MetricData.member.2.Dimensions.member.1.Value": "digits",
    }


def test_a_job_that_does_not_ask_for_it_sends_nothing(trainer: Trainer) -> None:
    assert trainer.run(SCRIPT)["exit_status"] == 0
    assert "PutMetricData" not in trainer.calls()


def test_a_refusal_is_noted_and_changes_nothing(trainer: Trainer) -> None:
    trainer.job["cloudwatch_metrics"] = True
    trainer.let_fail(1000, "PutMetricData", status=403)
    assert trainer.run(SCRIPT)["exit_status"] == 0
    (note,) = [line for line in trainer.log_lines() if "cloudwatch-metrics" in line]
    assert "AccessDenied" in note


@pytest.mark.usefixtures("quick")
def test_what_has_not_changed_is_sent_once() -> None:
    service = Service()
    published = Published(service)
    published.set("loss", 0.5, step=1)
    published.set("accuracy", 0.9, step=1)
    published.metrics.start()
    wait_until(lambda: len(service.requests) == 1)
    published.set("loss", 0.4, step=2)
    wait_until(lambda: len(service.requests) == 2)
    published.metrics.close()
    _, second = service.requests
    assert second["MetricData.member.1.Value"] == "0.4"
    assert "MetricData.member.2.MetricName" not in second


@pytest.mark.usefixtures("quick")
def test_failures_are_noted_once_and_the_values_sent_later() -> None:
    service = Service(failures=3)
    published = Published(service)
    published.set("loss", 0.5, step=1)
    published.metrics.start()
    wait_until(lambda: len(service.requests) > 0)
    published.metrics.close()
    assert [request["MetricData.member.1.Value"] for request in service.requests] == ["0.5"]
    assert len(published.notes) == 1


@pytest.mark.usefixtures("quick")
@pytest.mark.parametrize("value", ["NaN", "Infinity", 2.0**361, -(2.0**361)])
def test_values_that_cloudwatch_refuses_are_left_out(value: object) -> None:
    service = Service()
    published = Published(service)
    published.set("loss", value, step=1)
    published.metrics.start()
    published.metrics.close()
    assert service.requests == []
