"""docs/how-it-works.md says which event wakes which wait, and which events of AWS those are."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import takewhile
from types import SimpleNamespace
from typing import Any

from parris.folder import EXIT_FILE, WAKING_REPORTS
from parris.payloads import Payload
from parris.targets.batch import events as batch
from parris.targets.ec2_server import events as ec2_server
from parris.targets.ec2_server.lease import Holder, Lease, Request
from parris.targets.ec2_stack import events as ec2_stack
from parris.targets.registry import target_names
from parris.targets.sagemaker import events as sagemaker
from parris.targets.target import Change
from parris.waits import WOKEN_BY, Cause, Wait
from tests.architecture.definition import CLONE, STATES, read_template

LINES = (CLONE / "docs" / "how-it-works.md").read_text().splitlines()
NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
SERVER = "i-0a1b2c3d4e5f67890"
NAME = "iris-0123456789abcdef"
ENDED = {"MaxRuntimeExceeded": "Stopped", "MaxWaitTimeExceeded": "Stopped"}
STATUSES = {"Stopping", "Stopped", "Completed", "Failed"}
RULES: dict[str, Any] = read_template()["Resources"]["WakeFunction"]["Properties"]["Events"]
REPORTS = {Cause.EXIT_REPORT, Cause.RUNNER_REPORT}
REQUESTS = {Cause.STOP, Cause.SUPERSEDE, Cause.CHECK}


def table(first_cell: str) -> list[list[str]]:
    """Return the rows of the table whose head begins with that cell, the head first."""
    head = next(number for number, line in enumerate(LINES) if line.startswith(f"| {first_cell} |"))
    rows = takewhile(lambda line: line.startswith("|"), LINES[head:])
    cells = [[cell.strip() for cell in row.strip("|").split("|")] for row in rows]
    return [cells[0], *cells[2:]]


def words_in(cell: str) -> set[str]:
    return {word.strip("` ") for word in cell.split(",")} - {""}


def test_the_table_of_wakes_is_that_of_the_code() -> None:
    head, *rows = table("Event or request")
    waits = [Wait(cell.strip("`")) for cell in head[2:]]
    assert waits == list(Wait)
    documented = {
        Cause(row[0].strip("`")): {
            wait for wait, cell in zip(waits, row[2:], strict=True) if cell == "wakes"
        }
        for row in rows
    }
    assert documented == {cause: set(waits) for cause, waits in WOKEN_BY.items()}


def test_every_wait_is_that_of_a_state_which_sleeps_by_a_token() -> None:
    """The state machine has no sleep that the table does not have, and the other way round."""
    sleeps = [
        state["Parameters"]["ExpressionAttributeValues"][":awaited"]
        for state in STATES.values()
        if state.get("Resource", "").endswith(".waitForTaskToken")
    ]
    fixed = {one["S"] for one in sleeps if "S" in one}
    # AwaitEndEvent sleeps for what ConfirmEnded waits for.
    chosen = [one["S.$"] for one in sleeps if "S.$" in one]
    assert fixed == {Wait.LAUNCH, Wait.CONDITION}
    assert chosen == ["$.confirmed.waiting_for"]
    assert set(Wait) - fixed == {Wait.SAVING, Wait.DELETING, Wait.LEFTOVERS}


def changes() -> Iterator[tuple[str, str, Change | None]]:
    """Return what each target reads in each event that the rules deliver: target, status, change.

    EC2's events come to both targets that have instances. A new service needs its `case`.
    """
    for rule in RULES.values():
        pattern = rule["Properties"]["Pattern"]
        detail = pattern["detail"]
        match pattern["source"]:
            case ["aws.ec2"]:
                for state in detail["state"]:
                    event = _event("aws.ec2", {"instance-id": SERVER, "state": state})
                    yield "ec2-stack", state, ec2_stack.change_in(event)
                    yield "ec2-server", state, ec2_server.change_in(a_server(), event)
            case ["aws.cloudformation"]:
                for status in detail["status-details"]["status"]:
                    stack = {"stack-id": "arn:x:stack/parris-iris/1"}
                    stack_event = {**stack, "status-details": {"status": status}}
                    event = _event("aws.cloudformation", stack_event)
                    yield "ec2-stack", status, ec2_stack.change_in(event)
            case ["aws.sagemaker"]:
                for status in detail["SecondaryStatus"]:
                    whole = ENDED.get(status, status if status in STATUSES else "InProgress")
                    job = {"TrainingJobName": NAME, "TrainingJobStatus": whole}
                    event = _event("aws.sagemaker", {**job, "SecondaryStatus": status})
                    yield "sagemaker", status, sagemaker.change_in(event)
            case ["aws.batch"]:
                for status in detail["status"]:
                    event = _event("aws.batch", {"jobId": "1", "jobName": NAME, "status": status})
                    yield "batch", status, batch.change_in(event)


def _event(source: str, detail: Any) -> Payload:
    return {"source": source, "detail": detail, "time": "2026-11-20T13:00:00Z"}


def a_server() -> Any:
    """Return the only gateway that is asked: the lease, which a job has."""
    holder = Holder(Request("arn", "iris", f"{SERVER}-1", 1, NOW), since=NOW - timedelta(hours=1))
    return SimpleNamespace(leases=SimpleNamespace(find=lambda _: Lease(SERVER, holder=holder)))


def test_the_events_of_each_target_are_those_that_rules_deliver_and_targets_read() -> None:
    head, *rows = table("Event")
    targets = [cell.partition(":")[0].strip("`") for cell in head[1:]]
    assert sorted(targets) == sorted(target_names())
    documented = {
        (target, status): Cause(row[0].strip("`"))
        for row in rows
        for target, cell in zip(targets, row[1:], strict=True)
        for status in words_in(cell)
    }
    read = {
        (target, status): change.cause for target, status, change in changes() if change is not None
    }
    known = {target for target, _ in read}
    assert read == {key: cause for key, cause in documented.items() if key[0] in known}
    assert set(Cause) == {Cause(row[0].strip("`")) for row in rows} | REPORTS | REQUESTS


def test_no_rule_delivers_an_event_that_no_target_reads() -> None:
    delivered = {status for _, status, _ in changes()}
    read = {status for _, status, change in changes() if change is not None}
    assert delivered == read


def test_the_reports_of_runners_that_the_rule_delivers_are_those_that_wake() -> None:
    detail = RULES["RunnerReported"]["Properties"]["Pattern"]["detail"]
    keys = {one["wildcard"] for one in detail["object"]["key"]}
    assert keys == {f"machines/*/{name}" for name in {EXIT_FILE, *WAKING_REPORTS}}
    documented = " ".join(cell for row in table("Event or request")[1:] for cell in row)
    assert all(f"`{name}`" in documented for name in {EXIT_FILE, *WAKING_REPORTS})
