"""`parris schedule`: schedules that start jobs are made, shown and removed."""

import json
from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from moto import mock_aws

from parris_cli.main import main
from parris_cli.schedules.when import parse_when
from tests.parris_cli.deployed_account import BUCKET, MACHINE, OUTPUTS, make_deployment


@pytest.fixture
def s3() -> Iterator[Any]:
    with mock_aws():
        yield make_deployment()


def scheduler() -> Any:
    return boto3.client("scheduler", region_name="us-east-1")


def add(*arguments: str) -> int:
    return main(["schedule", "add", *arguments])


@pytest.mark.parametrize(
    ("when", "expression"),
    [
        ("04:00", "cron(0 4 * * ? *)"),
        ("fri 22:00", "cron(0 22 ? * FRI *)"),
        ("mon-fri 6:30", "cron(30 6 ? * MON-FRI *)"),
        ("Monday-Friday 6:30", "cron(30 6 ? * MON-FRI *)"),
        ("Sat,Sun 00:05", "cron(5 0 ? * SAT,SUN *)"),
        ("rate(12 hours)", "rate(12 hours)"),
        (" at(2031-12-24T18:00:00) ", "at(2031-12-24T18:00:00)"),
    ],
)
def test_a_time_becomes_an_expression(when: str, expression: str) -> None:
    assert parse_when(when) == expression


@pytest.mark.parametrize(
    "when", ["", "25:00", "4:60", "noon", "foo 04:00", "cron()", "04:00\n05:00"]
)
def test_what_is_no_time_is_refused_with_the_forms(
    when: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        add("nightly", when)
    assert ended.value.code == 2
    assert "expected" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (("fryday 04:00",), "did you mean friday?"),
        (("04:00 Europe/Berlin",), "expected '04:00' and the option --timezone Europe/Berlin"),
        (("04:00", "--timezone", "Europe/Berln"), "did you mean Europe/Berlin?"),
        (("04:00", "--timezone", "Berlin"), "did you mean Europe/Berlin?"),
    ],
)
def test_what_is_nearly_right_is_refused_with_what_may_be_meant(
    arguments: tuple[str, ...], expected: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        add("nightly", *arguments)
    assert ended.value.code == 2
    assert expected in " ".join(capsys.readouterr().err.split())


def test_a_schedule_starts_a_config_of_the_bucket(
    s3: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    s3.put_object(Bucket=BUCKET, Key="team/iris/job.json", Body=b"{}")
    settings = ("--set", "termination-options.time-limit=2")
    assert (
        add("nightly", "04:00", "team/iris/job.json", "--timezone", "Europe/Berlin", *settings) == 0
    )
    said = capsys.readouterr().out
    assert said.startswith("added  nightly  cron(0 4 * * ? *) Europe/Berlin  ")
    found = scheduler().get_schedule(Name="parris-nightly")
    assert found["ScheduleExpressionTimezone"] == "Europe/Berlin"
    assert found["FlexibleTimeWindow"] == {"Mode": "OFF"}
    assert (found["Target"]["Arn"], found["Target"]["RoleArn"]) == (
        MACHINE,
        OUTPUTS["ScheduleRoleArn"],
    )
    assert json.loads(found["Target"]["Input"]) == {
        "_started-by": "schedule nightly",
        "config-key": "team/iris/job.json",
        "termination-options": {"time-limit": 2},
    }


def test_a_config_that_is_not_in_the_bucket_is_refused(
    s3: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    assert add("nightly", "04:00", "team/iris/job.json") == 2
    assert "parris push CONFIG" in capsys.readouterr().err
    assert scheduler().list_schedules()["Schedules"] == []


def test_a_time_zone_where_the_config_belongs_is_taken_for_one(
    s3: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    assert add("nightly", "04:00", "Europe/Berlin") == 2
    assert "write --timezone Europe/Berlin" in capsys.readouterr().err


def test_a_taken_name_is_replaced_only_on_request(
    s3: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    assert add("nightly", "04:00") == 0
    assert add("nightly", "05:00") == 2
    assert "--replace changes it" in capsys.readouterr().err
    assert add("nightly", "05:00", "--replace") == 0
    found = scheduler().get_schedule(Name="parris-nightly")
    assert found["ScheduleExpression"] == "cron(0 5 * * ? *)"


def test_only_schedules_of_the_deployment_are_shown(
    s3: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    add("nightly", "04:00")
    other = {"Arn": f"{MACHINE}-2", "RoleArn": OUTPUTS["ScheduleRoleArn"], "Input": "{}"}
    scheduler().create_schedule(
        Name="parris-other",
        ScheduleExpression="rate(1 hours)",
        FlexibleTimeWindow={"Mode": "OFF"},
        Target=other,
    )
    capsys.readouterr()
    assert main(["schedule", "list"]) == 0
    assert capsys.readouterr().out.splitlines() == [
        "nightly  cron(0 4 * * ? *) UTC  the default job",
        "1 schedule of parris",
    ]
    assert main(["schedule", "list", "--json"]) == 0
    (shown,) = json.loads(capsys.readouterr().out)["schedules"]
    assert shown["schedule"] == "parris-nightly"


def test_a_schedule_is_removed(s3: Any, capsys: pytest.CaptureFixture[str]) -> None:
    add("nightly", "04:00")
    assert main(["schedule", "remove", "weekly"]) == 2
    assert "there is no schedule weekly; there are nightly" in capsys.readouterr().err
    assert main(["schedule", "remove", "nightly"]) == 0
    assert scheduler().list_schedules()["Schedules"] == []


def test_the_schedule_of_the_deployments_parameters_is_left_to_the_deployment(
    s3: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    add("TrainingSchedule-1A2B", "04:00")
    assert main(["schedule", "remove", "TrainingSchedule-1A2B"]) == 2
    assert "parris deploy --set ScheduleExpression=" in capsys.readouterr().err
    assert len(scheduler().list_schedules()["Schedules"]) == 1


def test_a_deployment_without_a_role_for_schedules_says_what_to_do(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with mock_aws():
        make_deployment(ScheduleRoleArn="")
        assert add("nightly", "04:00") == 1
    assert "parris deploy" in capsys.readouterr().err
