"""The jobs table: one holder for each job name, whatever happens at the same time."""

import pytest

from parris.aws.job_item import JobItem
from parris.aws.jobs_table import JobsTable
from parris.aws.machines_table import MachinesTable
from tests.aws.clients import make_client

ME = "arn:aws:states:us-east-1:123456789012:execution:parris-training:me"
OTHER = "arn:aws:states:us-east-1:123456789012:execution:parris-training:other"
NOW = "2026-11-21T00:00:00.000Z"


@pytest.fixture
def table(moto: None) -> JobsTable:
    client = make_client("dynamodb")
    client.create_table(
        TableName="jobs",
        BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[{"AttributeName": "item", "AttributeType": "S"}],
        KeySchema=[{"AttributeName": "item", "KeyType": "HASH"}],
    )
    return JobsTable(client, "jobs")


def request_to_stop(name: str) -> None:
    make_client("dynamodb").update_item(
        TableName="jobs",
        Key={"item": {"S": f"job#{name}"}},
        UpdateExpression="SET stop_requested_at = :now",
        ExpressionAttributeValues={":now": {"S": NOW}},
    )


def test_a_free_name_can_be_claimed(table: JobsTable) -> None:
    assert table.claim("iris", ME, NOW)
    item = table.find("iris")
    assert item is not None
    assert item.execution_arn == ME
    assert not item.is_stop_requested


def test_a_claim_can_be_made_again_by_its_holder(table: JobsTable) -> None:
    assert table.claim("iris", ME, NOW)
    assert table.claim("iris", ME, NOW)


def test_a_name_that_another_holds_cannot_be_claimed(table: JobsTable) -> None:
    table.claim("iris", OTHER, NOW)
    assert not table.claim("iris", ME, NOW)


def test_the_name_of_a_dead_holder_can_be_taken_over(table: JobsTable) -> None:
    table.claim("iris", OTHER, NOW)
    request_to_stop("iris")
    assert table.claim("iris", ME, NOW, ended_owner_arn=OTHER)
    item = table.find("iris")
    assert item is not None
    assert item.execution_arn == ME
    assert not item.is_stop_requested, "the request was meant for the dead run"


def test_only_the_holder_that_was_found_dead_can_be_replaced(table: JobsTable) -> None:
    table.claim("iris", OTHER, NOW)
    assert not table.claim("iris", ME, NOW, ended_owner_arn="arn:somebody-else")


def test_a_retried_claim_keeps_a_request_that_came_in_between(table: JobsTable) -> None:
    table.claim("iris", ME, NOW)
    request_to_stop("iris")
    table.claim("iris", ME, NOW)
    item = table.find("iris")
    assert item is not None
    assert item.is_stop_requested


def test_a_released_name_is_free(table: JobsTable) -> None:
    table.claim("iris", ME, NOW)
    table.release("iris", ME)
    table.release("iris", ME)
    assert table.find("iris") is None


def test_a_name_is_released_by_its_holder_alone(table: JobsTable) -> None:
    table.claim("iris", OTHER, NOW)
    table.release("iris", ME)
    item = table.find("iris")
    assert item is not None
    assert item.execution_arn == OTHER


def sleep(name: str, token: str, wait: str = "condition") -> None:
    """Store a token as AwaitWakeOrNextCheck does; raises where a wake came in before."""
    make_client("dynamodb").update_item(
        TableName="jobs",
        Key={"item": {"S": f"job#{name}"}},
        UpdateExpression="SET task_token = :token, waiting_for = :awaited",
        ConditionExpression="execution_arn = :me AND attribute_not_exists(wake)",
        ExpressionAttributeValues={
            ":token": {"S": token},
            ":awaited": {"S": wait},
            ":me": {"S": ME},
        },
    )


def wake(table: JobsTable, *waits: str, **notes: str) -> JobItem | None:
    return table.wake("iris", ME, "machine-over", waits or ("condition",), notes)


def test_a_wake_reads_the_token_without_removing_it(table: JobsTable) -> None:
    table.claim("iris", ME, NOW)
    sleep("iris", "token-1")
    for _ in range(2):
        woken = wake(table, reported_state="stopped")
        assert woken is not None
        assert woken.task_token == "token-1"


def test_a_run_that_waits_for_something_else_is_not_woken(table: JobsTable) -> None:
    table.claim("iris", ME, NOW)
    sleep("iris", "token-1", "deleting")
    assert wake(table, "condition", "saving", reported_state="terminated") is None
    unchanged = table.find("iris")
    assert unchanged is not None
    assert (unchanged.reported_state, unchanged.is_woken) == (None, False)
    noted = table.note("iris", ME, {"stop_requested_at": NOW})
    assert noted is not None
    assert (noted.is_stop_requested, noted.is_woken, noted.reported) == (True, False, frozenset())
    assert table.note("iris", OTHER, {"stop_requested_at": NOW}) is None
    woken = wake(table, "saving", "deleting")
    assert woken is not None
    assert (woken.is_woken, woken.task_token) == (True, "token-1")


def test_a_run_is_woken_by_what_it_launched_and_by_nothing_else_of_its_name(
    table: JobsTable,
) -> None:
    def wake_by(launch_id: str) -> bool:
        woken = table.wake("iris", None, "deleted", ["deleting"], {}, launch_id)
        return woken is not None

    assert not wake_by("launch-1")
    assert table.find("iris") is None
    table.claim("iris", ME, NOW)
    assert wake_by("launch-1"), "its item does not say yet what it launched"
    table.note("iris", ME, {"launch_id": "launch-1"})
    assert wake_by("launch-1")
    assert not wake_by("launch-2")


def test_between_two_sleeps_every_cause_is_a_wake_and_all_are_known(table: JobsTable) -> None:
    table.claim("iris", ME, NOW)
    for cause in ("deleted", "machine-over"):
        table.wake("iris", ME, cause, ("saving",), {})
    known = table.begin_check("iris", ME)
    assert known is not None
    assert (known.is_woken, known.reported) == (True, frozenset({"deleted", "machine-over"}))
    sleep("iris", "token-1", "deleting")
    before = table.begin_check("iris", ME)
    assert before is not None
    assert (before.is_woken, before.waiting_for) == (False, "deleting")
    after = table.find("iris")
    assert after is not None
    assert (after.task_token, after.waiting_for) == (None, None)
    assert after.reported == {"deleted", "machine-over"}


def test_a_new_launch_knows_nothing_of_what_was_reported_of_an_earlier_one(
    table: JobsTable,
) -> None:
    table.claim("iris", ME, NOW)
    wake(table, reported_state="terminated")
    table.claim("iris", ME, NOW)
    item = table.find("iris")
    assert item is not None
    assert (item.reported_state, item.reported, item.is_woken) == (None, frozenset(), True)


def test_no_token_is_stored_while_a_wake_is_set(table: JobsTable) -> None:
    table.claim("iris", ME, NOW)
    wake(table, reported_state="stopping")
    with pytest.raises(make_client("dynamodb").exceptions.ConditionalCheckFailedException):
        sleep("iris", "token-1")
    table.begin_check("iris", ME)
    sleep("iris", "token-2")


def test_a_poll_clears_the_wake_but_keeps_reports_and_requests(table: JobsTable) -> None:
    table.claim("iris", ME, NOW)
    wake(table, reported_state="stopped", stop_requested_at=NOW)
    for _ in range(2):
        noted = table.begin_check("iris", ME)
        assert noted is not None
        assert noted.reported_state == "stopped"
        assert noted.is_stop_requested


def test_a_wake_for_a_run_that_is_gone_changes_nothing(table: JobsTable) -> None:
    assert wake(table, reported_state="stopped") is None
    table.claim("iris", OTHER, NOW)
    assert wake(table, reported_state="stopped") is None
    item = table.find("iris")
    assert item is not None
    assert item.reported_state is None


def test_a_machine_leads_to_its_job_until_it_is_forgotten(table: JobsTable) -> None:
    machines = MachinesTable(make_client("dynamodb"), "jobs")
    table.claim("iris", ME, NOW)
    machines.note("i-1", "iris", ME)
    machine = machines.find("i-1")
    assert machine is not None
    assert (machine.training_job_name, machine.execution_arn) == ("iris", ME)
    assert machines.all() == {"i-1": machine}
    machines.forget("i-1")
    assert machines.find("i-1") is None
