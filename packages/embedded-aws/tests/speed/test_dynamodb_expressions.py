from typing import Any

import pytest
from botocore.exceptions import ClientError

from embedded_aws import EmbeddedAws

KEY = {"id": {"S": "a"}}


@pytest.fixture
def table(aws: EmbeddedAws) -> Any:
    dynamodb = aws.client("dynamodb")
    dynamodb.create_table(
        TableName="table",
        BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
    )
    return dynamodb


def update(
    table: Any, expression: str, names: dict[str, str] | None = None, **values: str
) -> dict[str, Any]:
    given = {f":{name}": {"N": value} for name, value in values.items()}
    answer = table.update_item(
        TableName="table",
        Key=KEY,
        UpdateExpression=expression,
        ReturnValues="ALL_NEW",
        **({"ExpressionAttributeValues": given} if given else {}),
        **({"ExpressionAttributeNames": names} if names else {}),
    )
    return {name: value.get("N") for name, value in answer["Attributes"].items() if name != "id"}


def test_an_expression_that_came_before_has_its_new_values(table: Any) -> None:
    assert update(table, "SET x = :x, y = :y", x="1", y="2") == {"x": "1", "y": "2"}
    assert update(table, "SET x = x + :x REMOVE y", x="5") == {"x": "6"}
    assert update(table, "SET x = x + :x REMOVE y", x="7") == {"x": "13"}
    assert update(table, "SET x = :x, y = :y", x="3", y="4") == {"x": "3", "y": "4"}
    assert update(table, "ADD x :x", x="-3") == {"x": "0", "y": "4"}
    assert update(table, "ADD x :x", x="2") == {"x": "2", "y": "4"}


def test_what_is_wrong_is_refused_each_time(table: Any) -> None:
    for expression in ("SET x = ", "SET x = :x SET y = :x", "SET x = :x, x = :x"):
        for _ in range(2):
            with pytest.raises(ClientError, match="ValidationException"):
                update(table, expression, x="1")
    assert update(table, "SET x = :x", x="1") == {"x": "1"}


def test_names_of_attributes_decide_whether_paths_overlap(table: Any) -> None:
    expression = "SET #one = :x, #other = :y"
    apart, alike = {"#one": "x", "#other": "y"}, {"#one": "x", "#other": "x"}
    for _ in range(2):
        assert update(table, expression, apart, x="1", y="2") == {"x": "1", "y": "2"}
        with pytest.raises(ClientError, match="overlap"):
            update(table, expression, alike, x="1", y="2")


def test_a_value_may_depend_on_what_the_item_has(table: Any) -> None:
    expression = "SET x = if_not_exists(x, :x), y = if_not_exists(x, :x) + :x"
    assert update(table, expression, x="3") == {"x": "3", "y": "6"}
    assert update(table, expression, x="4") == {"x": "3", "y": "7"}
    for _ in range(2):
        with pytest.raises(ClientError, match="ValidationException"):
            update(table, "SET y = absent + :x", x="1")
    assert update(table, "REMOVE absent, y") == {"x": "3"}


def test_lists_and_maps_are_reached_by_their_paths(table: Any) -> None:
    def put(expression: str, values: dict[str, Any] | None = None) -> Any:
        table.update_item(
            TableName="table",
            Key=KEY,
            UpdateExpression=expression,
            **({"ExpressionAttributeValues": values} if values else {}),
        )
        return table.get_item(TableName="table", Key=KEY)["Item"]

    one: dict[str, Any] = {":one": {"L": [{"S": "a"}, {"S": "b"}, {"S": "c"}]}}
    for _ in range(2):
        put("SET many = :one, box = :map", one | {":map": {"M": {"x": {"N": "1"}}}})
        found = put("SET many = list_append(many, :one), box.y = :y", one | {":y": {"N": "2"}})
        assert [each["S"] for each in found["many"]["L"]] == ["a", "b", "c", "a", "b", "c"]
        assert found["box"] == {"M": {"x": {"N": "1"}, "y": {"N": "2"}}}
        found = put("REMOVE many[0], many[2], many[1], box.x")
        assert [each["S"] for each in found["many"]["L"]] == ["a", "b", "c"]
        assert found["box"] == {"M": {"y": {"N": "2"}}}
        with pytest.raises(ClientError, match="document path"):
            put("SET absent.x = :y", {":y": {"N": "2"}})
