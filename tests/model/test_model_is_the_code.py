"""The steps of the wake's model are what the code and the state machine do with a real table.

Every different step that the explored model takes on the item is taken by the code too, from the
same item, and must leave the same item behind.
"""

import functools
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError
from moto import mock_aws
from moto.ec2.models import ec2_backends

import poll_termination_condition
import wake
from parris.aws.gateways import Gateways
from parris.backoff import check_interval_seconds
from parris.entrypoint import Deps
from parris.settings import Settings
from parris.waits import WOKEN_BY, Cause, Wait, sleep_seconds
from tests.architecture.definition import STATES
from tests.builders import BUCKET, EXECUTION_ARN, LAUNCHED_AT, a_job, after
from tests.model.explore import Explored
from tests.model.wake_handover import (
    ALIKE,
    REPORTED_STAGES,
    REPORTS,
    REQUESTS,
    At,
    Item,
    Stage,
    State,
    Token,
    Waker,
    steps_from,
)

OTHERS = f"{EXECUTION_ARN}-of-somebody-else"
KEY = {"item": {"S": "job#iris"}}
MACHINE, EARLIER_MACHINE = "i-1", "i-0"
STACK = "arn:aws:cloudformation:us-east-1:123456789012:stack/parris-iris/1"
EC2_STATES = {Stage.RUNNING: "running", Stage.ENDING: "stopping", Stage.OVER: "terminated"}
STACK_STATES = {
    Cause.LAUNCHED: "CREATE_COMPLETE",
    Cause.LAUNCH_FAILED: "ROLLBACK_COMPLETE",
    Cause.DELETED: "DELETE_COMPLETE",
    Cause.DELETION_FAILED: "DELETE_FAILED",
}
SLEEPS = {
    Wait.LAUNCH: "AwaitLaunchEvent",
    Wait.CONDITION: "AwaitWakeOrNextCheck",
    Wait.SAVING: "AwaitEndEvent",
    Wait.DELETING: "AwaitEndEvent",
    Wait.LEFTOVERS: "AwaitEndEvent",
}
MACHINE_FOLDER, STEERING_FOLDER = f"machines/AROA:{MACHINE}", f"steering/AROA:{MACHINE}"
REPORT_KEYS = {
    Cause.EXIT_REPORT: f"{MACHINE_FOLDER}/exit.json",
    Cause.RUNNER_REPORT: f"{MACHINE_FOLDER}/decision.json",
}
GOAL = {"metric": "loss", "direction": "minimize", "target": 0.1}
REPORT_CONTENTS: dict[Cause, Any] = {
    Cause.EXIT_REPORT: {
        "ended_by": "script",
        "exit_status": 0,
        "signal": None,
        "ended_at": "2026-11-20T12:30:00.000Z",
        "last_log_lines": [],
        "results": {"complete": True},
        "is_final": True,
    },
    Cause.RUNNER_REPORT: {"reason": "METRIC_REACHED", "value": 0.05, "reports": 7},
}
TOKENS = {Token.LIVE: "the-token", Token.DEAD: "a-token-before"}
LAUNCHING = State(stage=Stage.CREATING, api=Stage.CREATING, at=At.STORE, is_sudden=True)
ENDING = State(stage=Stage.ENDING, api=Stage.ENDING, requests_left=())
STARTS = (
    LAUNCHING._replace(waits=(Wait.LAUNCH, Wait.CONDITION), troubles_left=0),
    State(waits=(Wait.CONDITION, Wait.SAVING), troubles_left=0),
    ENDING._replace(waits=(Wait.SAVING, Wait.DELETING)),
    State(troubles_left=0, earlier_events=1, requests_left=()),
    State(
        stage=Stage.OVER,
        api=Stage.OVER,
        waits=(Wait.DELETING, Wait.LEFTOVERS),
        requests_left=(Cause.CHECK,),
        troubles_left=0,
    ),
    *(
        ENDING._replace(
            waits=(Wait.CONDITION, Wait.SAVING), reports_left=(report,), troubles_left=0
        )
        for report in sorted(REPORTS)
    ),
)


@functools.cache
def worlds() -> list[Explored[State]]:
    return [Explored(start, steps_from) for start in STARTS]


@functools.cache
def client(service: str) -> Any:
    """Making a client takes longer than all requests of a step."""
    make_client: Any = boto3.client
    return make_client(service)


def steps_named(*names: str) -> list[tuple[State, str, State]]:
    """One of each: those that differ by nothing that the step reads or writes count as the same."""
    found = {}
    for world in worlds():
        for state, steps in world.steps.items():
            for name, to in steps:
                if name in names:
                    found[_what_matters(state, name)] = (state, name, to)
    assert found, f"the model has no step {names}"
    return list(found.values())


def _what_matters(state: State, name: str) -> tuple[object, ...]:
    if not name.startswith("decides"):
        return (name, state.waits[0], _what_steps_change(state.item))
    assert state.noted is not None
    noted = state.noted
    changes = noted.changes if state.waits[0] is not Wait.CONDITION else None
    return (
        state.waits[0],
        noted.reported,
        noted.is_stop_requested,
        state.seen,
        state.read,
        changes,
    )


def _what_steps_change(item: Item | None) -> tuple[object, ...] | None:
    """Return an item without what has been noted in it, which every step leaves or adds to."""
    return item and (item.is_ours, item.wake, bool(item.token), item.awaited, bool(item.changes))


@pytest.fixture(autouse=True)
def aws(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    monkeypatch.delenv("AWS_PROFILE", raising=False)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    with mock_aws():
        client("s3").create_bucket(Bucket=BUCKET)
        client("dynamodb").create_table(
            TableName="jobs",
            BillingMode="PAY_PER_REQUEST",
            AttributeDefinitions=[{"AttributeName": "item", "AttributeType": "S"}],
            KeySchema=[{"AttributeName": "item", "KeyType": "HASH"}],
        )
        yield


@pytest.fixture
def deps() -> Deps:
    settings = Settings(
        deployment="parris",
        region="us-east-1",
        training_bucket=BUCKET,
        jobs_table="jobs",
        trainer_log_group="trainers",
        layers_root=Path("config"),
    )
    return Deps(settings=settings, aws=Gateways(settings))


def put(item: Item | None, machine_id: str = MACHINE) -> None:
    table = client("dynamodb")
    table.delete_item(TableName="jobs", Key=KEY)
    if item is None:
        return
    row: dict[str, Any] = {
        **KEY,
        "execution_arn": {"S": EXECUTION_ARN if item.is_ours else OTHERS},
        "submitted_at": {"S": "2026-11-20T11:59:00.000Z"},
        "launch_id": {"S": STACK if item.is_ours else f"{STACK}-of-somebody-else"},
    }
    if item.wake:
        row["wake"] = {"BOOL": True}
    if item.reported is not None:
        row["reported_state"] = {"S": EC2_STATES[item.reported]}
        row["reported_machine"] = {"S": machine_id}
    if item.is_stop_requested:
        row["stop_requested_at"] = {"S": "2026-11-20T12:00:00.000Z"}
    if item.token is not None:
        row["task_token"] = {"S": TOKENS[item.token]}
    if item.awaited is not None:
        row["waiting_for"] = {"S": item.awaited}
    if item.changes:
        row["reported"] = {"SS": list(item.changes)}
    table.put_item(TableName="jobs", Item=row)


def put_reports(causes: frozenset[Cause]) -> None:
    """Let the bucket have these files of the runner and no other."""
    bucket = client("s3")
    for cause, key in REPORT_KEYS.items():
        bucket.delete_object(Bucket=BUCKET, Key=key)
        if cause in causes:
            bucket.put_object(Bucket=BUCKET, Key=key, Body=json.dumps(REPORT_CONTENTS[cause]))


def found_item() -> Item | None:
    row = client("dynamodb").get_item(TableName="jobs", Key=KEY).get("Item")
    if row is None:
        return None
    machines = {name: machine for machine, name in EC2_STATES.items()}
    tokens = {name: token for token, name in TOKENS.items()}
    changes = {Cause(one) for one in row.get("reported", {}).get("SS", [])}
    is_of_machine = row.get("reported_machine", {}).get("S") == MACHINE
    return Item(
        is_ours=row["execution_arn"]["S"] == EXECUTION_ARN,
        wake=row.get("wake", {}).get("BOOL", False),
        reported=machines[row["reported_state"]["S"]] if is_of_machine else None,
        is_stop_requested="stop_requested_at" in row or "superseded_by" in row,
        token=tokens[row["task_token"]["S"]] if "task_token" in row else None,
        awaited=Wait(row["waiting_for"]["S"]) if "waiting_for" in row else None,
        # The model does not keep requests.
        changes=frozenset(ALIKE.get(one, one) for one in changes) - set(REQUESTS),
    )


def store_token(token: Token, wait: Wait) -> None:
    """Make the call that the state makes in which a run sleeps for that."""
    parameters = STATES[SLEEPS[wait]]["Parameters"]
    given = {
        "$.confirmed.waiting_for": wait,
        "$.launch.launch_id": STACK,
        "States.Format('job#{}', $.job.training_job_name)": "job#iris",
        "$$.Task.Token": TOKENS[token],
        "$.run.sleeps_until": "2026-11-20T13:00:00.000Z",
        "$.decision.next_check_at": "2026-11-20T13:00:00.000Z",
        "$.confirmed.sleeps_until": "2026-11-20T13:00:00.000Z",
        "$$.Execution.Id": EXECUTION_ARN,
    }

    def filled(value: Any) -> Any:
        if isinstance(value, dict):
            return {
                key.removesuffix(".$"): given[inner] if key.endswith(".$") else filled(inner)
                for key, inner in value.items()
            }
        return "jobs" if value == "${JobsTableName}" else value

    client("dynamodb").update_item(**filled(parameters))


def test_a_check_clears_what_the_model_clears_and_knows_what_it_knows(deps: Deps) -> None:
    for state, _, to in steps_named("clears"):
        put(state.item)
        noted = deps.aws.jobs_table.begin_check("iris", EXECUTION_ARN)
        assert found_item() == to.item
        assert noted is not None
        assert state.item is not None
        assert noted.is_stop_requested == state.item.is_stop_requested
        reported = state.item.reported
        assert noted.state_reported_of(MACHINE) == (
            None if reported is None else EC2_STATES[reported]
        )


def test_a_sleep_begins_exactly_where_the_model_lets_it_begin() -> None:
    for state, name, to in steps_named("sleeps", "stores, unheard", "does not sleep"):
        put(state.item)
        token = Token.DEAD if name == "stores, unheard" else Token.LIVE
        if name == "does not sleep":
            with pytest.raises(ClientError, match="ConditionalCheckFailedException"):
                store_token(token, state.waits[0])
            assert found_item() == state.item
        else:
            store_token(token, state.waits[0])
            assert found_item() == to.item


def test_the_wake_function_notes_what_the_model_notes(
    deps: Deps, monkeypatch: pytest.MonkeyPatch
) -> None:
    put_reports(frozenset(REPORTS))
    job = {"training_job_name": "iris", "execution_arn": EXECUTION_ARN}
    deps.aws.bucket.write(f"{STEERING_FOLDER}/job.json", json.dumps(job).encode())
    seen = set()
    for cause, state, waker, to in waker_steps():
        put(state.item)
        for one in (MACHINE, EARLIER_MACHINE):
            deps.aws.machines_table.note(one, "iris", EXECUTION_ARN)
        answered: list[str] = []
        monkeypatch.setattr(deps.aws.executions, "end_sleep", answered.append)
        notified = wake.run(an_event(cause, is_of_earlier=waker.is_of_earlier), deps)
        assert found_item() == to.item
        held = state.item is not None and state.item.is_ours
        before = state.item or Item(is_ours=False)
        awaited = before.awaited
        wakes = held and (awaited is None or awaited in WOKEN_BY[cause])
        # A request is recorded in any case, and ends a sleep for which a wake is set already.
        is_recorded = held and waker.cause is Cause.STOP
        token = before.token if wakes or (is_recorded and before.wake) else None
        assert notified["was_notified"] is (wakes or is_recorded)
        assert answered == ([] if token is None else [TOKENS[token]])
        seen.add(cause)
    assert seen == set(Cause)


def an_event(cause: Cause, *, is_of_earlier: bool) -> Any:
    """Return what the wake function gets."""
    if cause in STACK_STATES:
        detail = {"stack-id": STACK, "status-details": {"status": STACK_STATES[cause]}}
        return {"source": "aws.cloudformation", "detail": detail}
    if cause in REPORTED_STAGES:
        machine_id = EARLIER_MACHINE if is_of_earlier else MACHINE
        state = EC2_STATES[REPORTED_STAGES[cause]]
        return {"source": "aws.ec2", "detail": {"instance-id": machine_id, "state": state}}
    if cause in REPORTS:
        return {"source": "aws.s3", "detail": {"object": {"key": REPORT_KEYS[cause]}}}
    return {
        "training_job_name": "iris",
        "execution_arn": EXECUTION_ARN,
        "request": str(cause),
        "requested_at": "2026-11-20T12:00:00.000Z",
        "superseded_by": OTHERS,
    }


def waker_steps() -> list[tuple[Cause, State, Waker, State]]:
    """One of each note, and the same for the causes that are alike for the model."""
    found = {}
    for state in (state for world in worlds() for state in world.steps):
        for waker in state.wakers:
            key = (_what_steps_change(state.item), waker.cause, waker.is_of_earlier)
            if waker.step == "note" and key not in found:
                alone = State(at=At.GONE, item=state.item, wakers=(waker,), is_taken_over=True)
                to = next(to for name, to in steps_from(alone) if name.startswith(("note", "find")))
                found[key] = (state, waker, to)
    return [
        (cause, state, waker, to)
        for state, waker, to in found.values()
        for cause in (waker.cause, *(one for one, other in ALIKE.items() if other is waker.cause))
    ]


def test_a_release_leaves_what_the_model_leaves(deps: Deps) -> None:
    for state, _, to in steps_named("releases"):
        put(state.item)
        deps.aws.jobs_table.release("iris", EXECUTION_ARN)
        assert found_item() == to.item


def test_the_decision_is_the_models(deps: Deps) -> None:
    instance_id = client("ec2").run_instances(MinCount=1, MaxCount=1, ImageId="ami-12c6146b")[
        "Instances"
    ][0]["InstanceId"]
    instance = ec2_backends["123456789012"]["us-east-1"].get_instance(instance_id)
    watched = {
        "machine_id": instance_id,
        "machine_prefix": MACHINE_FOLDER,
        "launched_at": "2026-11-20T12:00:00.000Z",
    }
    assert LAUNCHED_AT.isoformat() == "2026-11-20T12:00:00+00:00"
    for state, _, to in steps_named("decides, condition"):
        put(state.noted, instance_id)
        instance._state.name = EC2_STATES[state.seen]
        put_reports(state.read)
        job = a_job(metric_goal=GOAL)
        run: Any = {"job": job.to_payload(), "run": watched}
        event: Any = {"state": run, "now": after(61).isoformat()}
        decision = poll_termination_condition.run(event, deps)
        assert (decision["reason"] is not None) == (to.at is not At.STORE)
        if to.at is At.STORE:
            assert (decision["next_check_seconds"] == 3) == to.is_nap


def test_a_run_sleeps_for_long_exactly_where_the_model_does() -> None:
    checked = set()
    for state, _, to in steps_named(*(f"decides, {wait}" for wait in Wait)):
        wait, noted = state.waits[0], state.noted
        assert noted is not None
        # The check of a condition decides when the next one is due.
        if to.at is not At.STORE or wait is Wait.CONDITION or noted.is_stop_requested:
            continue
        for others in ({}, {cause: other for other, cause in ALIKE.items()}):
            reported = {others.get(cause, cause) for cause in noted.changes}
            seconds = sleep_seconds(wait, 60, reported)
            assert (seconds <= check_interval_seconds(60)) == to.is_nap
        checked.add((wait, to.is_nap))
    both = {(wait, is_nap) for wait in (Wait.LAUNCH, Wait.SAVING) for is_nap in (False, True)}
    assert checked >= both | {(Wait.DELETING, False), (Wait.DELETING, True), (Wait.LEFTOVERS, True)}
