"""The report on a rehearsal: its order, its lines, and the use of its limits."""

import json
import re
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from embedded_aws.metering.meter import SentEvent
from embedded_aws.metering.usage import Usage
from parris_cli.following.phase import Phase
from parris_cli.rehearsal.format_timeline import format_timeline
from parris_cli.rehearsal.job_event_words import TRAINING_JOB_WORDS
from parris_cli.rehearsal.orchestration import price_orchestration
from parris_cli.rehearsal.state_descriptions import STATE_DESCRIPTIONS
from parris_cli.rehearsal.target_states import launch_states, termination_states
from parris_cli.rehearsal.timeline import Entry, Kind, make_timeline
from parris_cli.reports.limits import LimitUse
from tests.architecture.definition import STATES

# Source: SecondaryStatus in
# https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_DescribeTrainingJob.html
DOCUMENTED_SECONDARY_STATUSES = frozenset(
    {
        *("Starting", "LaunchingMLInstances", "PreparingTrainingStack", "Pending"),
        *("Downloading", "DownloadingTrainingImage", "Training", "Uploading", "Interrupted"),
        *("Restarting", "Updating", "Stopping", "Stopped", "MaxRuntimeExceeded"),
        *("MaxWaitTimeExceeded", "Completed", "Failed"),
    }
)
START = datetime(2031, 5, 1, tzinfo=UTC)


def entered(second: float, state: str) -> Any:
    return {
        "timestamp": START + timedelta(seconds=second),
        "type": "TaskStateEntered",
        "stateEnteredEventDetails": {"name": state},
    }


def event(second: float, kind: str, **details: Any) -> Any:
    return {"timestamp": START + timedelta(seconds=second), "type": kind, **details}


def sent(second: float, state: str) -> SentEvent:
    arn = "arn:aws:ec2:us-east-1:123456789012:instance/i-1"
    return SentEvent("aws.ec2", arn, {"state": state}, START + timedelta(seconds=second))


def timeline_of(
    *history: Any, events: Any = (), log: Any = (), faults: Any = ()
) -> list[tuple[str, str]]:
    timeline = make_timeline(START, history, events, log, faults)
    return [(entry.name, entry.words) for entry in timeline if entry.words]


def state(second: float, name: str) -> Entry:
    words = {**STATE_DESCRIPTIONS, **launch_states(), **termination_states()}[name] or ""
    return Entry(timedelta(seconds=second), Kind.STATE, name, words)


def test_every_state_of_the_workflow_is_known_and_no_other() -> None:
    of_targets = {**launch_states(), **termination_states()}
    assert set(STATE_DESCRIPTIONS) | set(of_targets) == set(STATES)
    assert not set(STATE_DESCRIPTIONS) & set(of_targets)


def test_the_states_of_a_target_are_described_in_the_definition() -> None:
    assert launch_states()["CreateStack"] == "acquires the job's name and creates its stack"
    assert termination_states()["StopOrDeleteStack"] == (
        "takes the next step of the termination: save, stop, delete"
    )


def test_effects_of_a_state_come_after_it_and_causes_of_a_wake_before() -> None:
    history = [entered(0, "CreateStack"), entered(0, "WaitForRunning"), entered(60, "InstanceLost")]
    events = [sent(0, "running"), sent(60, "terminated")]
    assert [name for name, _ in timeline_of(*history, events=events)] == [
        "CreateStack",
        "aws.ec2",
        "WaitForRunning",
        "aws.ec2",
        "InstanceLost",
    ]


def test_what_comes_at_a_fraction_of_a_millisecond_keeps_its_place_in_a_history_of_whole_ones() -> (
    None
):
    # A retry's jitter leaves the clock anywhere; a history has whole milliseconds, truncated.
    fraction = 60.0007
    history = [entered(60, "StopOrDeleteStack"), entered(60, "ConfirmEnded")]
    submitted_at = START + timedelta(seconds=0.0007)
    timeline = make_timeline(submitted_at, history, [sent(fraction, "stopping")], (), ())
    assert [one.name for one in timeline] == ["StopOrDeleteStack", "aws.ec2", "ConfirmEnded"]


def test_log_lines_and_faults_appear_at_their_times() -> None:
    history = [entered(0, "WaitForRunning"), entered(90, "ConfirmEnded")]
    log = [(START + timedelta(seconds=40), "parris: starting train.sh")]
    faults = [(timedelta(seconds=60), "instance-killed", "gone at once")]
    assert timeline_of(*history, log=log, faults=faults)[1:3] == [
        ("log", "starting train.sh"),
        ("instance-killed", "gone at once"),
    ]


def of_training_job(second: float, secondary_status: str) -> SentEvent:
    arn = "arn:aws:sagemaker:us-east-1:123456789012:training-job/iris-1"
    detail = {"TrainingJobStatus": "InProgress", "SecondaryStatus": secondary_status}
    return SentEvent("aws.sagemaker", arn, detail, START + timedelta(seconds=second))


def test_every_status_of_a_training_job_has_its_words() -> None:
    assert set(TRAINING_JOB_WORDS) == DOCUMENTED_SECONDARY_STATUSES
    events = [of_training_job(1, one) for one in sorted(DOCUMENTED_SECONDARY_STATUSES)]
    shown = timeline_of(entered(0, "ConfirmEnded"), events=events)[1:]
    assert len(shown) == len(events)
    assert ("aws.sagemaker", "training-job iris-1 trains") in shown


def test_events_of_sagemaker_are_shown_with_the_name_of_the_service() -> None:
    timeline = make_timeline(START, [], [of_training_job(60, "Interrupted")], (), ())
    (line,) = format_timeline(timeline)
    assert re.fullmatch(r" +\+1m +SageMaker +training-job iris-1 has lost its spot .*", line)


def test_a_training_job_shows_when_its_script_starts() -> None:
    poll, sleep = (entered(5, one) for one in ("PollTerminationCondition", "AwaitEndEvent"))
    started = {"run": {"machine_id": "iris-1", "status": "running"}}
    output = {"output": json.dumps({"job": {"name": "iris"}, **started})}
    launched = event(4, "TaskStateExited", stateExitedEventDetails=output)
    events = [of_training_job(1, "Starting"), of_training_job(3, "Training")]
    found = make_timeline(START, [launched, poll, sleep], events, (), ())
    assert [one.phase for one in found if one.kind is Kind.STATE] == [Phase.TRAINING] * 2


def test_a_sleep_that_is_ended_by_an_event_says_so_and_one_that_runs_out_does_not() -> None:
    sleep = entered(0, "AwaitWakeOrNextCheck")
    assert timeline_of(sleep, event(5, "TaskSucceeded"))[1] == ("woken", "the run is woken")
    assert len(timeline_of(sleep, event(5, "TaskTimedOut"))) == 1


def test_errors_and_retries_of_a_state_are_reported() -> None:
    failed = event(1, "TaskFailed", taskFailedEventDetails={"error": "AwsThrottledError"})
    poll = entered(0, "PollTerminationCondition")
    again = timeline_of(poll, event(0, "TaskScheduled"), failed, event(3, "TaskScheduled"))
    assert [words for _, words in again[1:]] == [
        "fails with AwsThrottledError",
        "retries, for the second time",
    ]


def test_repetitions_are_shown_once_and_then_counted() -> None:
    names = ["PollTerminationCondition", "AwaitWakeOrNextCheck"]
    rounds = [state(100 * turn, name) for turn in range(4) for name in names]
    lines = format_timeline([*rounds, state(400, "TimeLimit")], is_verbose=True)
    assert len(lines) == 4
    assert "6 more of these, until +5m" in lines[2]
    assert "+6m40s  TimeLimit" in lines[3]


def test_people_see_phases_and_who_asks_for_details_sees_states() -> None:
    output = json.dumps({"job": {"job_id": "iris-1"}, "run": {"status": "running"}})
    exited = event(0, "TaskStateExited", stateExitedEventDetails={"name": "x", "output": output})
    poll = entered(0, "PollTerminationCondition")
    later = entered(60, "PollTerminationCondition")
    log = [(START + timedelta(seconds=40), "parris: starting train.sh")]
    timeline = make_timeline(START, [exited, poll, later], (), log, ())
    words = "checks the job and decides whether it ends"
    assert [entry.phase for entry in timeline if entry.kind is Kind.STATE] == [
        Phase.STARTING,
        Phase.TRAINING,
    ]
    said = format_timeline(timeline[:1])
    assert said == [f"         +0s  starting          {words}"]
    said = format_timeline(timeline[:1], is_verbose=True)
    assert said == [f"         +0s  PollTerminationCondition  {words}"]


def test_states_that_only_choose_or_wait_have_no_line() -> None:
    assert format_timeline([state(0, "ShouldJobEnd"), state(0, "WaitBeforeConfirm")]) == []


@pytest.mark.parametrize(
    ("used", "overshoot", "words"),
    [
        ("3438", "0", "time-limit of 1 h: kept, 2 min 42 s to spare"),
        ("3600", "0", "time-limit of 1 h: kept, 0 s to spare"),
        ("3660", "60", "time-limit of 1 h: exceeded by 1 min"),
    ],
)
def test_a_limit_says_whether_it_was_kept_and_by_how_much(
    used: str, overshoot: str, words: str
) -> None:
    use = LimitUse("time-limit", "seconds", Decimal(3600), Decimal(used))
    assert use.to_text() == words
    assert use.to_json() == {
        "limit": "time-limit",
        "unit": "seconds",
        "allowed": "3600",
        "used": used,
        "overshoot": overshoot,
    }


def test_a_cost_limit_is_reported_in_dollars() -> None:
    use = LimitUse("cost-limit", "USD", Decimal(300), Decimal("299.95"))
    assert use.to_text() == "cost-limit of 300 USD: kept, 0.05 USD to spare"


def test_the_orchestrations_cost_comes_with_its_parts_and_its_counts() -> None:
    usage = Usage(
        state_transitions=100,
        history_events=300,
        invocations={"a": 20, "b": 10},
        gb_seconds={"arm64": Decimal(15)},
        api_calls={"ec2:DescribeInstances": 40},
        write_units=20,
        read_units=0,
        log_bytes=0,
        dear_s3_requests=10,
        other_s3_requests=0,
    )
    found = price_orchestration(usage)
    assert found.to_text() == (
        "0.0028 USD for the orchestration, estimated (transitions 0.0025, Lambda 0.0003,"
        " S3 0.0001, DynamoDB 0.0001): 100 transitions, 300 history events, 30 function runs,"
        " 40 API calls"
    )
    said = found.to_json()
    assert said["usd"] == "0.002770"
    assert said["unverified_prices"] == ["s3-put-or-list"]
