"""Wake: the run that holds the name is woken, and it is no error if none does."""

from typing import Any

import pytest

import wake
from embedded_aws import EmbeddedAws
from parris.entrypoint import Deps
from parris.waits import Wait
from tests.builders import EXECUTION_ARN
from tests.handlers.conftest import put_json
from wake import run

NOW = "2026-11-21T00:00:00.000Z"
EXIT_KEY = "machines/AROA123:i-1/exit.json"
RUNGS_KEY = "machines/AROA123:task-1/rungs.json"
JOB_KEY = "steering/AROA123:task-1/job.json"
REPORT = {
    "ended_by": "script",
    "exit_status": 0,
    "signal": None,
    "ended_at": NOW,
    "last_log_lines": [],
    "results": {"complete": True},
}
JOB_OF_RUNNER = {"training_job_name": "iris", "execution_arn": EXECUTION_ARN}
STACK = "arn:aws:cloudformation:us-east-1:123456789012:stack/parris-iris/1"


def a_change(instance_id: str = "i-1", state: str = "terminated") -> dict[str, Any]:
    return {
        "source": "aws.ec2",
        "detail-type": "EC2 Instance State-change Notification",
        "detail": {"instance-id": instance_id, "state": state},
    }


def an_object(key: str = EXIT_KEY) -> dict[str, Any]:
    return {
        "source": "aws.s3",
        "detail-type": "Object Created",
        "detail": {"bucket": {"name": "training"}, "object": {"key": key}},
    }


def a_stack_change(status: str = "DELETE_COMPLETE", stack_id: str = STACK) -> dict[str, Any]:
    return {
        "source": "aws.cloudformation",
        "detail-type": "CloudFormation Stack Status Change",
        "detail": {
            "stack-id": stack_id,
            "status-details": {"status": status, "status-reason": ""},
            "client-request-token": "token-1",
        },
    }


def asleep(deps: Deps, aws: EmbeddedAws, wait: str, launch_id: str = STACK) -> None:
    """Let the run sleep, with a machine, as the states do."""
    deps.aws.jobs_table.claim("iris", EXECUTION_ARN, NOW)
    deps.aws.machines_table.note("i-1", "iris", EXECUTION_ARN)
    attributes = {"task_token": "token", "waiting_for": wait, "launch_id": launch_id}
    aws.client("dynamodb").update_item(
        TableName=deps.settings.jobs_table,
        Key={"item": {"S": "job#iris"}},
        UpdateExpression="SET " + ", ".join(f"{name} = :{name}" for name in attributes),
        ExpressionAttributeValues={f":{name}": {"S": text} for name, text in attributes.items()},
    )


STOP = {"training_job_name": "iris", "request": "stop", "requested_at": NOW}
SUPERSEDE = {"training_job_name": "iris", "request": "supersede", "superseded_by": "another"}
CHECK = {"training_job_name": "iris", "request": "check"}
ALL = frozenset(Wait)
WAKES = [
    (a_stack_change("CREATE_COMPLETE"), {"launch"}),
    (a_stack_change("CREATE_FAILED"), {"launch"}),
    (a_stack_change("ROLLBACK_IN_PROGRESS"), {"launch"}),
    (a_stack_change("ROLLBACK_COMPLETE"), {"launch"}),
    (a_stack_change("DELETE_COMPLETE"), {"launch", "deleting"}),
    (a_stack_change("DELETE_FAILED"), {"launch", "deleting"}),
    (a_stack_change("DELETE_IN_PROGRESS"), set()),
    (a_stack_change(stack_id=f"{STACK}-of-an-earlier-run"), set()),
    (a_change(state="stopping"), {"launch", "condition"}),
    (a_change(state="stopped"), {"launch", "condition", "saving", "leftovers"}),
    (a_change(state="terminated"), {"launch", "condition", "saving", "leftovers"}),
    (a_change(state="running"), set()),
    (an_object(), {"launch", "condition", "saving"}),
    (an_object(RUNGS_KEY), {"condition"}),
    (an_object(RUNGS_KEY.replace("rungs", "decision")), {"condition"}),
    (STOP, {"launch", "condition"}),
    (SUPERSEDE, {"launch", "condition"}),
    (CHECK, set(ALL)),
]


@pytest.mark.parametrize(("event", "waits"), WAKES)
def test_an_event_ends_the_waits_that_it_matters_to_and_no_other(
    deps: Deps,
    aws: EmbeddedAws,
    monkeypatch: pytest.MonkeyPatch,
    event: dict[str, Any],
    waits: set[str],
) -> None:
    put_json(aws, EXIT_KEY, {**REPORT, "is_final": True})
    put_json(aws, JOB_KEY, JOB_OF_RUNNER)
    for wait in ALL:
        asleep(deps, aws, wait)
        ended: list[str] = []
        monkeypatch.setattr(deps.aws.executions, "end_sleep", ended.append)
        notified = run(dict(event), deps)
        assert ended == (["token"] if wait in waits else []), wait
        assert notified.get("was_asleep", False) is (wait in waits)
        woken = deps.aws.jobs_table.begin_check("iris", EXECUTION_ARN)
        assert woken is not None
        assert woken.is_woken is (wait in waits)


def test_a_request_that_wakes_nobody_is_noted_all_the_same(deps: Deps, aws: EmbeddedAws) -> None:
    asleep(deps, aws, "deleting")
    assert run(a_change(state="terminated"), deps)["was_notified"] is False
    assert run(dict(STOP), deps)["was_notified"] is True
    item = deps.aws.jobs_table.find("iris")
    assert item is not None
    assert (item.reported_state, item.is_stop_requested, item.is_woken) == (None, True, False)


def test_a_stack_of_no_job_is_ignored(deps: Deps) -> None:
    assert run(a_stack_change(), deps)["was_notified"] is False


def test_between_two_sleeps_the_event_of_a_stack_prevents_the_next_sleep(deps: Deps) -> None:
    """Before the first sleep, the run's item does not have the id of its stack yet."""
    deps.aws.jobs_table.claim("iris", EXECUTION_ARN, NOW)
    assert run(a_stack_change("CREATE_COMPLETE"), deps)["was_notified"] is True
    item = deps.aws.jobs_table.find("iris")
    assert item is not None
    assert (item.is_woken, item.reported) == (True, frozenset({"launched"}))


def test_before_the_first_sleep_the_event_of_the_next_offers_stack_is_not_ignored(
    deps: Deps, aws: EmbeddedAws
) -> None:
    """The item had the id of the stack that the offer before had launched."""
    asleep(deps, aws, "launch", launch_id=f"{STACK}-of-the-first-offer")
    assert deps.aws.jobs_table.begin_check("iris", EXECUTION_ARN) is not None
    deps.aws.jobs_table.claim("iris", EXECUTION_ARN, NOW)
    assert run(a_stack_change("CREATE_COMPLETE"), deps)["was_notified"] is True


def test_a_training_job_wakes_its_launch_and_later_its_run(deps: Deps, aws: EmbeddedAws) -> None:
    name = "iris-0123456789abcdef"
    detail = {"TrainingJobName": name, "TrainingJobStatus": "Failed", "SecondaryStatus": "Failed"}
    event: Any = {"source": "aws.sagemaker", "detail": {**detail, "Tags": {"parris:job": "iris"}}}
    deps.aws.jobs_table.claim("iris", EXECUTION_ARN, NOW)
    assert run(event, deps)["was_notified"] is True
    deps.aws.machines_table.note(name, "iris", EXECUTION_ARN)
    assert run(event, deps)["was_notified"] is True
    item = deps.aws.jobs_table.find("iris")
    assert item is not None
    assert item.reported_state == "Failed"


def test_an_instance_of_no_job_is_ignored(deps: Deps) -> None:
    assert run(a_change(), deps)["was_notified"] is False


def test_a_change_of_a_jobs_instance_is_noted_for_its_run(deps: Deps) -> None:
    deps.aws.jobs_table.claim("iris", EXECUTION_ARN, NOW)
    deps.aws.machines_table.note("i-1", "iris", EXECUTION_ARN)
    assert run(a_change(state="stopped"), deps) == {
        "was_notified": True,
        "was_asleep": False,
        "execution_arn": EXECUTION_ARN,
    }
    item = deps.aws.jobs_table.find("iris")
    assert item is not None
    assert item.reported_state == "stopped"


def test_an_event_of_another_service_that_names_a_jobs_instance_wakes_nobody(deps: Deps) -> None:
    deps.aws.jobs_table.claim("iris", EXECUTION_ARN, NOW)
    deps.aws.machines_table.note("i-1", "iris", EXECUTION_ARN)
    assert run({**a_change(), "source": "aws.autoscaling"}, deps)["was_notified"] is False
    item = deps.aws.jobs_table.find("iris")
    assert item is not None
    assert item.reported_state is None


def test_a_change_that_comes_after_the_end_is_not_an_error(deps: Deps) -> None:
    deps.aws.machines_table.note("i-1", "iris", EXECUTION_ARN)
    assert run(a_change(), deps)["was_notified"] is False


def test_a_request_finds_the_run_by_the_jobs_name(deps: Deps) -> None:
    deps.aws.jobs_table.claim("iris", EXECUTION_ARN, NOW)
    request = {"training_job_name": "iris", "request": "stop", "requested_at": NOW}
    assert run(dict(request), deps)["was_notified"] is True
    item = deps.aws.jobs_table.find("iris")
    assert item is not None
    assert item.is_stop_requested


def test_a_request_for_an_earlier_run_does_not_end_the_present_one(deps: Deps) -> None:
    deps.aws.jobs_table.claim("iris", EXECUTION_ARN, NOW)
    request = {
        "training_job_name": "iris",
        "execution_arn": EXECUTION_ARN + "-earlier",
        "request": "stop",
        "requested_at": NOW,
    }
    assert run(dict(request), deps)["was_notified"] is False
    item = deps.aws.jobs_table.find("iris")
    assert item is not None
    assert not item.is_stop_requested


def test_a_run_that_must_poll_is_woken_and_nothing_is_noted(deps: Deps) -> None:
    deps.aws.jobs_table.claim("iris", EXECUTION_ARN, NOW)
    request = {"training_job_name": "iris", "execution_arn": EXECUTION_ARN, "request": "check"}
    assert run(dict(request), deps)["was_notified"] is True
    item = deps.aws.jobs_table.find("iris")
    assert item is not None
    assert (item.is_stop_requested, item.superseded_by, item.reported_state) == (False, None, None)


def test_a_run_that_must_poll_because_of_silence_has_that_noted(deps: Deps) -> None:
    deps.aws.jobs_table.claim("iris", EXECUTION_ARN, NOW)
    request = {"training_job_name": "iris", "execution_arn": EXECUTION_ARN, "request": "check"}
    assert run({**request, "silent_since": NOW, "silences": "3"}, deps)["was_notified"] is True
    item = deps.aws.jobs_table.find("iris")
    assert item is not None
    assert (item.silent_since, item.silences, item.is_woken) == (NOW, 3, True)
    assert deps.aws.jobs_table.begin_check("iris", EXECUTION_ARN) is not None
    looked_at = deps.aws.jobs_table.find("iris")
    assert looked_at is not None
    assert (looked_at.silent_since, looked_at.silences, looked_at.is_woken) == (NOW, 3, False)


def test_a_final_exit_report_wakes_the_run_of_its_machine(deps: Deps, aws: EmbeddedAws) -> None:
    deps.aws.jobs_table.claim("iris", EXECUTION_ARN, NOW)
    deps.aws.machines_table.note("i-1", "iris", EXECUTION_ARN)
    put_json(aws, EXIT_KEY, {**REPORT, "is_final": True})
    for _ in range(2):  # S3 sends an event at least once
        assert run(an_object(), deps)["was_notified"] is True
    item = deps.aws.jobs_table.find("iris")
    assert item is not None
    assert (item.is_woken, item.reported_state) == (True, None)


def test_a_run_is_not_woken_while_its_runner_is_still_saving(deps: Deps, aws: EmbeddedAws) -> None:
    deps.aws.jobs_table.claim("iris", EXECUTION_ARN, NOW)
    deps.aws.machines_table.note("i-1", "iris", EXECUTION_ARN)
    put_json(aws, EXIT_KEY, {**REPORT, "is_final": False})
    assert run(an_object(), deps)["was_notified"] is False


def test_an_exit_report_after_the_end_is_not_an_error(deps: Deps, aws: EmbeddedAws) -> None:
    deps.aws.machines_table.note("i-1", "iris", EXECUTION_ARN)
    put_json(aws, EXIT_KEY, {**REPORT, "is_final": True})
    assert run(an_object(), deps)["was_notified"] is False


def test_so_many_reports_of_a_runner_wake_its_run_and_no_more(
    deps: Deps, aws: EmbeddedAws, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A script may write them too, which must not fill the history of the execution."""
    monkeypatch.setattr(wake, "_MOST_REPORTS", 2)
    deps.aws.jobs_table.claim("iris", EXECUTION_ARN, NOW)
    put_json(aws, JOB_KEY, JOB_OF_RUNNER)
    notified = [run(an_object(RUNGS_KEY), deps)["was_notified"] for _ in range(3)]
    assert notified == [True, True, False]
    deps.aws.jobs_table.begin_attempt("iris", EXECUTION_ARN)
    assert run(an_object(RUNGS_KEY), deps)["was_notified"] is True


def test_a_report_after_the_end_is_not_an_error(deps: Deps, aws: EmbeddedAws) -> None:
    put_json(aws, JOB_KEY, JOB_OF_RUNNER)
    assert run(an_object(RUNGS_KEY), deps)["was_notified"] is False


@pytest.mark.parametrize(
    "key",
    [
        "machines/AROA123:i-2/exit.json",
        "machines/AROA123:task-2/rungs.json",
        "machines/AROA123:task-1/results/rungs.json",
        "steering/AROA123:task-1/rungs.json",
        "machines/AROA123:i-1/results/exit.json",
        "machines/exit.json",
        "machines//exit.json",
        "machines/of-no-target/exit.json",
        "jobs/AROA123:i-1/exit.json",
    ],
)
def test_another_object_wakes_nobody(deps: Deps, aws: EmbeddedAws, key: str) -> None:
    deps.aws.jobs_table.claim("iris", EXECUTION_ARN, NOW)
    deps.aws.machines_table.note("i-1", "iris", EXECUTION_ARN)
    put_json(aws, EXIT_KEY, {**REPORT, "is_final": True})
    put_json(aws, JOB_KEY, JOB_OF_RUNNER)
    assert run(an_object(key), deps)["was_notified"] is False
