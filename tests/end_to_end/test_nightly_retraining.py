"""A week of nights on the virtual clock: two schedules, daylight saving, a job that still runs.

The clocks of Berlin go forward in the night of the 30th of March 2031.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from embedded_aws import EmbeddedAws, Settings
from embedded_aws.clock.virtual_clock import VirtualClock
from parris_cli.project_files import PROJECT
from parris_cli.rehearsal.simulation.driver import SimulatedInstances
from parris_cli.rehearsal.simulation.simulated_training import SimulatedTraining

pytestmark = pytest.mark.long

START = datetime(2031, 3, 26, 12, 0, tzinfo=UTC)
WEEK = timedelta(days=7)
HOUR = 3600
NIGHTLY = {
    "training-job-name": "nightly",
    "termination-method": "on-complete",
    "environment": {"NIGHT": "<aws.scheduler.scheduled-time>"},
}
TUNED = {
    "training-job-name": "tuned",
    "termination-method": "at-fixed-time",
    "termination-options": {"time-limit": 1},
    "hyperparameters": {"epochs": 5},
}
ONCE = {**TUNED, "training-job-name": "replaced", "stack-replacement": True}
TRAINING = SimulatedTraining(
    takes_seconds=2 * HOUR, of_jobs={"nightly": SimulatedTraining(10 * HOUR)}
)
BY_HAND_AT = datetime(2031, 3, 28, 20, 0, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Run:
    """One execution of the week. `ended_at` is None while it runs."""

    job: str
    name: str
    arn: str
    started_at: datetime
    ended_at: datetime | None
    given: dict[str, Any]
    reason: str
    cause: str


class Week:
    """What ran in the week, and what of it is left."""

    def __init__(self, aws: EmbeddedAws, machine_arn: str, bucket: str) -> None:
        self.aws = aws
        self._machine_arn = machine_arn
        self._bucket = bucket

    def runs_of(self, job: str) -> list[Run]:
        """Return the runs of a job, oldest first."""
        steps = self.aws.client("stepfunctions")
        listed = steps.get_paginator("list_executions").paginate(stateMachineArn=self._machine_arn)
        arns = [one["executionArn"] for page in listed for one in page["executions"]]
        found = [_run(steps.describe_execution(executionArn=arn)) for arn in arns]
        return sorted((r for r in found if r.job == job), key=lambda run: run.started_at)

    def record_of(self, run: Run) -> dict[str, Any]:
        """Return a run's record in the bucket."""
        key = f"jobs/{run.job}/{run.name}/record.json"
        body = self.aws.client("s3").get_object(Bucket=self._bucket, Key=key)["Body"].read()
        record: dict[str, Any] = json.loads(body)
        return record


def _run(shown: dict[str, Any]) -> Run:
    given = json.loads(shown["input"])
    output = json.loads(shown.get("output", "{}"))
    return Run(
        job=given["training-job-name"],
        name=shown["name"],
        arn=shown["executionArn"],
        started_at=shown["startDate"].astimezone(UTC),
        ended_at=shown["stopDate"].astimezone(UTC) if "stopDate" in shown else None,
        given=given,
        reason=shown.get("error") or output.get("reason", ""),
        cause=shown.get("cause", ""),
    )


@pytest.fixture(scope="module")
def week(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Week]:
    """The deployment's schedule at 4:00 in Berlin, and two more that were added to it."""
    clock = VirtualClock(START)
    folder = tmp_path_factory.mktemp("week")
    with EmbeddedAws(
        Settings(instances=SimulatedInstances(TRAINING)), folder=folder, clock=clock
    ) as aws:
        parameters = {
            "ScheduleExpression": "cron(0 4 * * ? *)",
            "ScheduleTimezone": "Europe/Berlin",
            "ScheduleInput": json.dumps(NIGHTLY),
            "ReaperRate": "never",
        }
        outputs = aws.deploy(PROJECT / "template.yaml", "parris", parameters)
        machine = outputs["StateMachineArn"]
        for name, expression, given in (
            ("tuned", "cron(0 18 ? * TUE,FRI *)", TUNED),
            ("once", "at(2031-04-01T21:00:00)", ONCE),
        ):
            aws.client("scheduler").create_schedule(
                Name=name,
                ScheduleExpression=expression,
                FlexibleTimeWindow={"Mode": "OFF"},
                Target={
                    "Arn": machine,
                    "RoleArn": outputs["ScheduleRoleArn"],
                    "Input": json.dumps(given),
                },
            )
        steps = aws.client("stepfunctions")
        clock.run_until(BY_HAND_AT)
        by_hand = json.dumps({**NIGHTLY, "environment": {"NIGHT": "by hand"}})
        steps.start_execution(stateMachineArn=machine, input=by_hand)
        clock.run_until(datetime(2031, 4, 1, 20, 30, tzinfo=UTC))
        steps.start_execution(stateMachineArn=machine, input=json.dumps(ONCE))
        clock.run_until(START + WEEK + timedelta(hours=2))
        yield Week(aws, machine, outputs["TrainingBucketName"])


def times_of(runs: list[Run]) -> list[str]:
    return [f"{run.started_at:%m-%dT%H:%M}" for run in runs]


def test_the_nightly_schedule_keeps_to_four_in_berlin_across_the_change_of_clocks(
    week: Week,
) -> None:
    by_schedule = [r for r in week.runs_of("nightly") if r.started_at != BY_HAND_AT]
    assert times_of(by_schedule) == [
        "03-27T03:00",
        "03-28T03:00",
        "03-29T03:00",
        "03-30T02:00",
        "03-31T02:00",
        "04-01T02:00",
        "04-02T02:00",
    ]
    assert [run.given["environment"]["NIGHT"] for run in by_schedule] == [
        f"{run.started_at:%Y-%m-%dT%H:%M:%SZ}" for run in by_schedule
    ]


def test_the_night_whose_job_still_runs_is_refused_and_the_living_run_trains_on(
    week: Week,
) -> None:
    runs = {f"{run.started_at:%m-%dT%H:%M}": run for run in week.runs_of("nightly")}
    living, refused = runs.pop("03-28T20:00"), runs.pop("03-29T03:00")
    assert refused.reason == "LAUNCH_FAILED"
    assert f"the job name nightly is held by {living.arn}" in refused.cause
    assert refused.ended_at is not None
    assert refused.ended_at - refused.started_at < timedelta(minutes=5)
    assert living.reason == "COMPLETED"
    assert living.ended_at is not None
    assert living.ended_at - living.started_at > timedelta(hours=10)
    assert {run.reason for run in runs.values()} == {"COMPLETED"}


def test_another_schedule_beside_it_has_times_and_inputs_of_its_own(week: Week) -> None:
    tuned = week.runs_of("tuned")
    assert times_of(tuned) == ["03-28T18:00", "04-01T18:00"]
    assert [(run.reason, run.cause) for run in tuned] == [("TIME_LIMIT", "")] * 2
    assert all(run.given == TUNED for run in tuned)


def test_a_schedule_with_stack_replacement_takes_the_place_of_the_job_that_runs(
    week: Week,
) -> None:
    first, second = week.runs_of("replaced")
    assert (first.reason, second.reason) == ("SUPERSEDED", "TIME_LIMIT")
    assert first.ended_at is not None
    assert times_of([first, second]) == ["04-01T20:30", "04-01T21:00"]


def test_every_run_has_a_name_and_a_record_of_its_own(week: Week) -> None:
    ended = [run for run in week.runs_of("nightly") if run.reason == "COMPLETED"]
    assert len({run.name for run in ended}) == len(ended) == 7
    for run in ended:
        assert week.record_of(run)["outcome"]["reason"] == "COMPLETED"


def test_nothing_of_the_week_is_left(week: Week) -> None:
    aws = week.aws
    shown = aws.client("cloudformation").describe_stacks()["Stacks"]
    groups = aws.client("ec2").describe_instances()["Reservations"]
    states = [one["State"]["Name"] for group in groups for one in group["Instances"]]
    assert {one["StackName"] for one in shown} == {"parris"}
    assert set(states) <= {"terminated"}
