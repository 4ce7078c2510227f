"""`parris doctor`: what it says of an account before a deployment is looked at."""

from datetime import UTC, datetime, timedelta

import boto3
import pytest
from moto import mock_aws

from parris_cli.doctor.account_checks import check_account, check_clock
from parris_cli.doctor.finding import Health
from parris_cli.main import main

NOW = datetime(2031, 5, 1, 8, 0, tzinfo=UTC)
AWS_DATE = "Thu, 01 May 2031 08:00:00 GMT"


@pytest.mark.parametrize(
    ("ahead", "health", "text"),
    [
        (timedelta(seconds=0), Health.GOOD, "within 1 s of AWS's"),
        (timedelta(minutes=4), Health.GOOD, "within 240 s of AWS's"),
        (timedelta(minutes=-5), Health.BAD, "differs from AWS's by 5 min"),
        (timedelta(hours=7), Health.BAD, "differs from AWS's by 7 h"),
    ],
)
def test_a_clock_that_is_wrong_is_found(ahead: timedelta, health: Health, text: str) -> None:
    found = check_clock(AWS_DATE, NOW + ahead)
    assert found.health is health
    assert found.text.startswith(text)


@pytest.mark.parametrize("date", [None, "", "yesterday"])
def test_a_response_without_a_time_is_no_problem(date: str | None) -> None:
    assert check_clock(date, NOW).health is Health.GOOD


def test_without_a_region_nothing_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AWS_DEFAULT_REGION")
    (found,) = check_account(boto3.Session())
    assert (found.name, found.health) == ("region", Health.BAD)
    assert "aws configure" in found.remedy


@mock_aws
def test_who_you_are_and_where_is_shown() -> None:
    region, credentials, clock = check_account(boto3.Session())
    assert region.text == "us-east-1"
    assert credentials.text.endswith("in account 123456789012")
    assert clock.health is Health.GOOD


def test_an_embedded_aws_that_has_ended_is_named(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
    assert main(["doctor"]) == 1
    said = capsys.readouterr()
    assert "parris aws up" in said.err
    assert said.out.startswith("1 problem")


@mock_aws
def test_a_deployment_that_is_not_there_is_a_problem(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["doctor"]) == 1
    said = capsys.readouterr()
    assert "bad          deployment: no deployment named parris was found" in said.err
    assert "parris deploy" in said.err
