"""Patch dynamodb_transaction_copies: a transaction copies the items that it writes."""

from typing import Any

import pytest
from moto.dynamodb.models.table import Table

from embedded_aws import EmbeddedAws

TABLE = "numbers"


@pytest.fixture
def client(aws: EmbeddedAws) -> Any:
    dynamodb = aws.client("dynamodb")
    dynamodb.create_table(
        TableName=TABLE,
        BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[{"AttributeName": name, "AttributeType": "S"} for name in "pr"],
        KeySchema=[
            {"AttributeName": "p", "KeyType": "HASH"},
            {"AttributeName": "r", "KeyType": "RANGE"},
        ],
    )
    for place in "ab":
        dynamodb.put_item(TableName=TABLE, Item={**key(place), "n": {"N": "1"}})
    yield dynamodb
    dynamodb.delete_table(TableName=TABLE)


def key(place: str) -> dict[str, Any]:
    return {"p": {"S": "one"}, "r": {"S": place}}


def add(place: str, condition: str = "n = :one") -> dict[str, Any]:
    return {
        "Update": {
            "TableName": TABLE,
            "Key": key(place),
            "UpdateExpression": "ADD n :one",
            "ConditionExpression": condition,
            "ExpressionAttributeValues": {":one": {"N": "1"}},
        }
    }


def put(place: str) -> dict[str, Any]:
    return {"Put": {"TableName": TABLE, "Item": {**key(place), "n": {"N": "9"}}}}


def numbers(client: Any) -> dict[str, str]:
    found = client.scan(TableName=TABLE)["Items"]
    return {item["r"]["S"]: item["n"]["N"] for item in found}


def test_a_transaction_copies_no_table(client: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(self: Table, memo: Any) -> Any:
        raise AssertionError("the whole table is copied")

    monkeypatch.setattr(Table, "__deepcopy__", refuse, raising=False)
    client.transact_write_items(TransactItems=[add("a"), put("c")])
    assert numbers(client) == {"a": "2", "b": "1", "c": "9"}


@pytest.mark.parametrize("last", [add("b", "n > :one"), add("new")])
def test_a_transaction_that_fails_leaves_everything_as_it_was(client: Any, last: Any) -> None:
    with pytest.raises(client.exceptions.TransactionCanceledException):
        client.transact_write_items(TransactItems=[add("a"), put("c"), last])
    assert numbers(client) == {"a": "1", "b": "1"}
    client.transact_write_items(TransactItems=[add("a"), add("b")])
    assert numbers(client) == {"a": "2", "b": "2"}
