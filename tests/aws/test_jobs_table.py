"""The jobs table: one holder for each job name, whatever happens at the same time."""

import pytest

from parris.aws.jobs_table import JobsTable
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


def sleep(name: str, token: str) -> None:
    """Store a token as AwaitWakeOrNextCheck does; raises where a wake came in before."""
    make_client("dynamodb").update_item(
        TableName="jobs",
        Key={"item": {"S": f"job#{name}"}},
        UpdateExpression="SET task_token = :token",
        ConditionExpression="execution_arn = :me AND attribute_not_exists(wake)",
        ExpressionAttributeValues={":token": {"S": token}, ":me": {"S": ME}},
    )


def test_a_wake_reads_the_token_without_removing_it(table: JobsTable) -> None:
    table.claim("iris", ME, NOW)
    sleep("iris", "token-1")
    for _ in range(2):
        woken = table.wake("iris", ME, {"reported_state": "stopped"})
        assert woken is not None
        assert woken.task_token == "token-1"


def test_no_token_is_stored_while_a_wake_is_set(table: JobsTable) -> None:
    table.claim("iris", ME, NOW)
    table.wake("iris", ME, {"reported_state": "stopping"})
    with pytest.raises(make_client("dynamodb").exceptions.ConditionalCheckFailedException):
        sleep("iris", "token-1")
    table.begin_check("iris", ME)
    sleep("iris", "token-2")


def test_a_poll_clears_the_wake_but_keeps_reports_and_requests(table: JobsTable) -> None:
    table.claim("iris", ME, NOW)
    table.wake("iris", ME, {"reported_state": "stopped", "stop_requested_at": NOW})
    for _ in range(2):
        noted = table.begin_check("iris", ME)
        assert noted is not None
        assert noted.reported_state == "stopped"
        assert noted.is_stop_requested


def test_a_wake_for_a_run_that_is_gone_changes_nothing(table: JobsTable) -> None:
    assert table.wake("iris", ME, {"reported_state": "stopped"}) is None
    table.claim("iris", OTHER, NOW)
    assert table.wake("iris", ME, {"reported_state": "stopped"}) is None
    item = table.find("iris")
    assert item is not None
    assert item.reported_state is None


def test_a_machine_leads_to_its_job_until_it_is_forgotten(table: JobsTable) -> None:
    table.note_machine("i-1", "iris", ME)
    machine = table.find_machine("i-1")
    assert machine is not None
    assert (machine.training_job_name, machine.execution_arn) == ("iris", ME)
    table.forget_machine("i-1")
    assert table.find_machine("i-1") is None
