import pytest
from botocore.exceptions import ClientError

from embedded_aws import EmbeddedAws
from embedded_aws.metering.meter import ApiCall, meter_of
from embedded_aws_helpers.builders import create_table
from embedded_aws_helpers.roles import EVERYTHING, client_that_may

KEY = {"item": {"S": "one"}}


def counted(aws: EmbeddedAws, action: str) -> list[ApiCall]:
    return [call for call in meter_of(aws.context).calls if call.action == action]


def test_a_call_is_counted_with_its_caller_and_time(strict_aws: EmbeddedAws) -> None:
    create_table(strict_aws)
    before = strict_aws.context.clock.now()
    client_that_may(strict_aws, "dynamodb", EVERYTHING).get_item(TableName="jobs", Key=KEY)
    strict_aws.client("dynamodb").get_item(TableName="jobs", Key=KEY)

    calls = counted(strict_aws, "GetItem")
    assert [(call.caller, call.service) for call in calls] == [
        ("test", "dynamodb"),
        ("administrator", "dynamodb"),
    ]
    assert before <= calls[0].at <= strict_aws.context.clock.now()


def test_a_write_takes_a_unit_for_each_kb_of_the_larger_item(aws: EmbeddedAws) -> None:
    create_table(aws)
    table = aws.client("dynamodb")
    for size in (10, 3000, 10):
        table.put_item(TableName="jobs", Item={**KEY, "text": {"S": "x" * size}})
    table.delete_item(TableName="jobs", Key=KEY)
    assert [call.write_units for call in counted(aws, "PutItem")] == [1, 3, 3]
    assert [call.write_units for call in counted(aws, "DeleteItem")] == [1]


def test_a_write_whose_condition_is_false_takes_its_units_all_the_same(aws: EmbeddedAws) -> None:
    create_table(aws)
    table = aws.client("dynamodb")
    table.put_item(TableName="jobs", Item={**KEY, "text": {"S": "x" * 1500}})
    with pytest.raises(ClientError):
        table.put_item(
            TableName="jobs",
            Item=KEY,
            ConditionExpression="attribute_not_exists(#text)",
            ExpressionAttributeNames={"#text": "text"},
        )
    assert [call.write_units for call in counted(aws, "PutItem")] == [2, 2]


def test_a_read_takes_a_unit_for_every_4_kb(aws: EmbeddedAws) -> None:
    create_table(aws)
    table = aws.client("dynamodb")
    table.get_item(TableName="jobs", Key=KEY)
    table.put_item(TableName="jobs", Item={**KEY, "text": {"S": "x" * 5000}})
    table.put_item(TableName="jobs", Item={"item": {"S": "two"}, "text": {"S": "x" * 4000}})
    table.get_item(TableName="jobs", Key=KEY)
    table.scan(TableName="jobs")
    assert [call.read_units for call in counted(aws, "GetItem")] == [1, 2]
    assert [call.read_units for call in counted(aws, "Scan")] == [3]
