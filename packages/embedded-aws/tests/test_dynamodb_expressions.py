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


def update(table: Any, expression: str, **values: str) -> dict[str, Any]:
    given = {f":{name}": {"N": value} for name, value in values.items()}
    answer = table.update_item(
        TableName="table",
        Key=KEY,
        UpdateExpression=expression,
        ReturnValues="ALL_NEW",
        **({"ExpressionAttributeValues": given} if given else {}),
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
